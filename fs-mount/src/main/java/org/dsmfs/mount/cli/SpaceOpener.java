package org.dsmfs.mount.cli;

import org.dsmfs.engine.NodeConfig;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.StartObserver;

/** Opens a space. */
@FunctionalInterface
interface SpaceOpener {
    /** @throws org.dsmfs.engine.EngineException in one line what is wrong, and the remedy */
    Space open(SpaceConfig config, NodeConfig node, StartObserver observer);
}
