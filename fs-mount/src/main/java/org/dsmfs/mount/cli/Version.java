package org.dsmfs.mount.cli;

import picocli.CommandLine;

/** The product's version, as the build wrote it into the jar's manifest. */
final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
        final String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"dsm " + (version == null ? "(not packaged)" : version)};
    }
}
