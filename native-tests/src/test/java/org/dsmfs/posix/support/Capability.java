package org.dsmfs.posix.support;

import static org.dsmfs.posix.sys.Descriptor.FALLOC_COLLAPSE_RANGE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_INSERT_RANGE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_KEEP_SIZE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_PUNCH_HOLE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_ZERO_RANGE;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;

import java.time.Instant;
import java.util.Arrays;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Mapping;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.PosixException;

/** What a filesystem, or the way it is mounted, may lack without breaking POSIX.1-2017. */
public enum Capability {
    /** Device nodes can be made and opened (not mounted nodev). */
    DEVICES(directory -> {
        Posix.mknod(directory + "/null", 0020666, 1, 3);
        Descriptor.open(directory + "/null", O_RDWR).close();
        return true;
    }),
    /** open(2) O_TMPFILE. */
    O_TMPFILE(directory -> {
        Descriptor.open(directory, Descriptor.O_TMPFILE | O_RDWR, 0600).close();
        return true;
    }),
    /** renameat2(2) RENAME_NOREPLACE. */
    RENAME_NOREPLACE(directory -> {
        makeFile(directory, "/a");
        Posix.renameat2(directory + "/a", directory + "/b", Posix.RENAME_NOREPLACE);
        return true;
    }),
    /** renameat2(2) RENAME_EXCHANGE. */
    RENAME_EXCHANGE(directory -> {
        makeFile(directory, "/a");
        makeFile(directory, "/b");
        Posix.renameat2(directory + "/a", directory + "/b", Posix.RENAME_EXCHANGE);
        return true;
    }),
    /** fallocate(2) without a mode and with FALLOC_FL_KEEP_SIZE. */
    FALLOCATE(directory -> allocate(directory, FALLOC_KEEP_SIZE)),
    /** fallocate(2) FALLOC_FL_PUNCH_HOLE. */
    PUNCH_HOLE(directory -> allocate(directory, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE)),
    /** fallocate(2) FALLOC_FL_ZERO_RANGE. */
    ZERO_RANGE(directory -> allocate(directory, FALLOC_ZERO_RANGE)),
    /** fallocate(2) FALLOC_FL_COLLAPSE_RANGE. */
    COLLAPSE_RANGE(directory -> allocate(directory, FALLOC_COLLAPSE_RANGE)),
    /** fallocate(2) FALLOC_FL_INSERT_RANGE. */
    INSERT_RANGE(directory -> allocate(directory, FALLOC_INSERT_RANGE)),
    /** ioctl_iflags(2): files can be made immutable or append-only. libfuse 2 lacks it. */
    INODE_FLAGS(directory -> {
        try (Descriptor file = Descriptor.create(directory + "/file")) {
            file.setInodeFlags(file.inodeFlags() | Descriptor.FS_APPEND_FL);
            file.setInodeFlags(file.inodeFlags() & ~Descriptor.FS_APPEND_FL);
            return true;
        }
    }),
    /** lseek(2) SEEK_HOLE and SEEK_DATA that know holes. */
    SEEK_HOLE(directory -> {
        try (Descriptor file = Descriptor.create(directory + "/sparse")) {
            file.pwrite(8 << 20, new byte[] {1});
            return file.seek(0, Descriptor.SEEK_HOLE) == 0 && file.seek(0, Descriptor.SEEK_DATA) > 0;
        }
    }),
    /** Files to the largest offset that the kernel's page cache allows: 8 EiB less a page. */
    HUGE_FILES(directory -> {
        try (Descriptor file = Descriptor.create(directory + "/huge")) {
            file.pwrite(Long.MAX_VALUE - 8192, new byte[] {1});
            return true;
        }
    }),
    /** xattr(7) in the user namespace. */
    USER_XATTRS(directory -> {
        Posix.setxattr(directory, "user.probe", new byte[1], 0);
        return true;
    }),
    /** xattr(7) in the trusted namespace. */
    TRUSTED_XATTRS(directory -> {
        Posix.setxattr(directory, "trusted.probe", new byte[1], 0);
        return true;
    }),
    /** Values of extended attributes up to 64 KiB, the kernel's own limit. */
    LARGE_XATTRS(directory -> {
        Posix.setxattr(directory, "user.probe", new byte[65536], 0);
        return true;
    }),
    /** acl(5): access and default ACLs, enforced. */
    ACLS(directory -> AccessControlList.areEnforced(directory)),
    /** A file's birth time, statx(2). */
    BIRTH_TIME(directory -> !Posix.stat(directory).born().equals(Instant.MIN)),
    /** Reading sets the access time at least when it is older than the modification time (not mounted noatime). */
    ATIME(directory -> {
        final String path = makeFile(directory, "/file");
        Posix.setTimes(path, Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            file.read(1);
        }
        return Posix.stat(path).accessed().isAfter(Instant.EPOCH);
    }),
    /** An open(2) finds the old file or the new one while rename(2) replaces it again and again. libfuse 2 lacks it. */
    OPEN_DURING_REPLACE(ReplaceRace::isWonByOpen),
    /** mmap(2) MAP_SHARED with PROT_WRITE. */
    SHARED_WRITABLE_MAPPINGS(directory -> {
        try (Descriptor file = Descriptor.open(makeFile(directory, "/file"), O_RDWR)) {
            Mapping.of(file, 0, 4096, Mapping.PROT_READ | Mapping.PROT_WRITE, Mapping.MAP_SHARED).close();
            return true;
        }
    });

    /** Tries a capability out in an empty directory; an error of the system call counts as no. */
    private interface Probe {
        boolean isPresent(String directory);
    }

    private final Probe probe;

    Capability(final Probe probe) {
        this.probe = probe;
    }

    boolean isPresent(final String directory) {
        try {
            return probe.isPresent(directory);
        } catch (final PosixException e) {
            return false;
        }
    }

    private static boolean allocate(final String directory, final int mode) {
        final int alignedBytes = 1 << 20;
        try (Descriptor file = Descriptor.create(directory + "/file")) {
            final byte[] data = new byte[3 * alignedBytes];
            Arrays.fill(data, (byte) 1);
            file.write(data);
            file.allocate(mode, alignedBytes, alignedBytes);
            return true;
        }
    }

    private static String makeFile(final String directory, final String name) {
        final String path = directory + name;
        try (Descriptor file = Descriptor.create(path)) {
            file.write(new byte[] {1});
        }
        return path;
    }
}
