package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class FstabSettingsTest {
    @Test
    void makesSettingsOptionsOfTheirOwn() {
        assertArrayEquals(new String[] {"--memory=2G", "--log-file=/l", "-o", "ro,noatime", "/mnt"},
            FstabSettings.expand(new String[] {"-o", "ro,memory=2G,noatime,log-file=/l", "/mnt"}));
    }

    @Test
    void readsAnAttachedListAndLeavesNoEmptyOne() {
        assertArrayEquals(new String[] {"--store=/s", "/mnt"},
            FstabSettings.expand(new String[] {"-ostore=/s", "/mnt"}));
    }

    @Test
    void leavesOtherArgumentsAlone() {
        final String[] arguments = {"--memory", "1G", "-f", "/mnt", "-o"};
        assertArrayEquals(arguments, FstabSettings.expand(arguments));
    }
}
