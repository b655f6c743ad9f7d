package org.dsmfs.engine.store.chronicle;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps Chronicle's libraries from talking to the user and to the world; must run before the first use of them. */
final class ChronicleSetup {
    /**
     * Warns about a JVM flag that only matters to code that is not used here. Held, or its level would be forgotten.
     */
    private static final Logger CLEANER_LOGGER =
        Logger.getLogger("net.openhft.chronicle.core.internal.cleaner.ReflectionBasedByteBufferCleanerService");

    private ChronicleSetup() {
    }

    static void run() {
        CLEANER_LOGGER.setLevel(Level.OFF);
        setUnlessGiven("chronicle.analytics.disable", "true");
        setUnlessGiven("chronicle.announcer.disable", "true");
        // Chronicle loads JNA, which would unpack its native library below the home directory.
        setUnlessGiven("jna.tmpdir", System.getProperty("java.io.tmpdir"));
    }

    private static void setUnlessGiven(final String property, final String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
