package org.dsmfs.mount.cli;

import ch.qos.logback.classic.Level;
import java.nio.file.Path;
import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.SpaceConfig;

/**
 * A valid order to mount.
 *
 * @param name       of the space
 * @param mountPoint absolute path, not known to exist
 * @param space      how to open the space
 * @param node       how to meet the other nodes
 * @param frontEnd   how to talk to the kernel
 * @param options    of the mount
 * @param logLevel   least severe level that is logged
 * @param logFile    absolute path, null for standard error
 * @param foreground whether the process stays with its terminal
 */
record MountSettings(String name, Path mountPoint, SpaceConfig space, NodeConfig node, FrontEnd frontEnd,
                     MountOptions options, Level logLevel, Path logFile, boolean foreground) {
}
