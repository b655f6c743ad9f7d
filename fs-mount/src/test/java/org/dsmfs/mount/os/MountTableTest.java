package org.dsmfs.mount.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void readsFieldsBehindAnyNumberOfOptionalOnes() {
        final List<MountTable.Entry> entries = MountTable.parse(List.of(
            "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue",
            "37 35 0:39 / /mnt/dsm rw - fuse.dsm dsm#dsm rw,user_id=0"));
        assertEquals(List.of(new MountTable.Entry("/mnt2", "ext3", "/dev/root", "98:0"),
            new MountTable.Entry("/mnt/dsm", "fuse.dsm", "dsm#dsm", "0:39")), entries);
    }

    @Test
    void undoesTheKernelsEscapes() {
        final MountTable.Entry entry =
            MountTable.parse(List.of("1 2 0:3 / /a\\040b\\134\u00c3\u00a9 rw - tmpfs dsm\\043x rw")).get(0);
        assertEquals("/a b\\\u00e9", entry.mountPoint());
        assertEquals("dsm#x", entry.source());
    }

    @Test
    void findsWhatIsMountedHere() {
        assertNotNull(MountTable.find(Path.of("/proc")));
        assertNull(MountTable.find(Path.of("/proc/self")));
    }
}
