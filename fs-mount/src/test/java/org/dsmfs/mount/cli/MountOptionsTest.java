package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.mount.MountException;
import org.junit.jupiter.api.Test;

class MountOptionsTest {
    @Test
    void defaultsToRelatimeAndWriting() {
        assertEquals(new MountOptions(false, AtimePolicy.RELATIME, List.of()), MountOptions.parse(List.of()));
    }

    @Test
    void laterOptionsOverrideEarlierOnes() {
        final MountOptions options = MountOptions.parse(List.of("ro,noatime", "rw", "strictatime"));
        assertFalse(options.readOnly());
        assertEquals(AtimePolicy.STRICTATIME, options.atime());
        assertEquals(List.of(), options.fuseOptions());
    }

    @Test
    void passesOnWhatTheKernelMustKnow() {
        assertEquals(List.of("nosuid", "nodev", "noexec", "allow_other", "fsname=x", "ro", "noatime"),
            MountOptions.parse(List.of("nosuid,nodev,noexec,allow_other,fsname=x,ro,noatime")).fuseOptions());
    }

    @Test
    void ignoresWhatIsForMountItself() {
        assertTrue(MountOptions.parse(List.of(
            "defaults,nofail,_netdev,noauto,user,x-systemd.automount,comment=a,default_permissions,,")).fuseOptions()
            .isEmpty());
    }

    @Test
    void namesAnUnknownOption() {
        final MountException failure =
            assertThrows(MountException.class, () -> MountOptions.parse(List.of("ro,quatsch=1")));
        assertTrue(failure.getMessage().contains("'quatsch=1'"), failure.getMessage());
    }
}
