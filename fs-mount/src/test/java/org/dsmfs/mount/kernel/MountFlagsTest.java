package org.dsmfs.mount.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MountFlagsTest {
    @Test
    void laterOptionsWin() {
        final MountFlags flags = MountFlags.of(List.of("fsname=dsm#a", "nosuid", "nodev", "suid", "ro", "noatime"));
        assertEquals("dsm#a", flags.source());
        assertEquals(1 | 4 | 1024, flags.flags());
    }

    @Test
    void restIsForTheFilesystem() {
        final List<String> options =
            List.of("subtype=dsm", "default_permissions", "allow_other", "nonempty", "dev", "allow_other");
        final MountFlags flags = MountFlags.of(options);
        assertEquals("dsm", flags.subtype());
        assertEquals(0, flags.flags());
        assertEquals(List.of("default_permissions", "allow_other"), flags.fuse());
        assertEquals(List.of("subtype=dsm", "default_permissions", "allow_other", "dev", "allow_other"),
            flags.fusermount());
    }

    @Test
    void rootsMountThatOnlyRootMayUseIsOneWithoutAllowOther() {
        assertEquals(List.of("default_permissions"),
            MountFlags.of(List.of("allow_other", "default_permissions", "allow_root")).fuse());
    }
}
