package org.dsmfs.mount.kernel;

import org.dsmfs.layout.AttributeChange;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Errno;

/** The two ways in which ioctl(2) tells of immutable and append-only inodes (linux/fs.h). */
enum ProtectionFlags {
    /** FS_IOC_GETFLAGS, FS_IOC_SETFLAGS: an int; ioctl_iflags(2). */
    INODE_FLAGS(0x10, 0x20, Integer.BYTES),
    /** FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR: struct fsxattr, flags first, all else 0; the kernel asks so before a change. */
    EXTENDED_FLAGS(0x8, 0x10, 28);

    private static final int GETFLAGS = 0x80086601;
    private static final int SETFLAGS = 0x40086602;
    private static final int FSGETXATTR = 0x801c581f;
    private static final int FSSETXATTR = 0x401c5820;

    private final int immutable;
    private final int appendOnly;
    private final int lengthBytes;

    ProtectionFlags(final int immutable, final int appendOnly, final int lengthBytes) {
        this.immutable = immutable;
        this.appendOnly = appendOnly;
        this.lengthBytes = lengthBytes;
    }

    /** @return those that the command is about; null if it is about something else */
    static ProtectionFlags of(final int command) {
        return switch (command) {
            case GETFLAGS, SETFLAGS -> INODE_FLAGS;
            case FSGETXATTR, FSSETXATTR -> EXTENDED_FLAGS;
            default -> null;
        };
    }

    static boolean isChange(final int command) {
        return command == SETFLAGS || command == FSSETXATTR;
    }

    static boolean differs(final AttributeChange change, final Attributes attributes) {
        return change.isImmutable != attributes.isImmutable || change.isAppendOnly != attributes.isAppendOnly;
    }

    /** @throws org.dsmfs.layout.ErrnoException EOPNOTSUPP (other flags), EINVAL */
    AttributeChange change(final Request request) {
        request.require(RequestLayout.Ioctl.DATA, lengthBytes);
        final int flags = request.int32(RequestLayout.Ioctl.DATA);
        if ((flags & ~(immutable | appendOnly)) != 0) {
            throw Errno.EOPNOTSUPP.exception();
        }
        final AttributeChange change = new AttributeChange();
        change.setProtection = true;
        change.isImmutable = (flags & immutable) != 0;
        change.isAppendOnly = (flags & appendOnly) != 0;
        return change;
    }

    void report(final Attributes attributes, final Reply reply) {
        final int data = reply.ioctl(lengthBytes);
        reply.body().putInt(data, (attributes.isImmutable ? immutable : 0) | (attributes.isAppendOnly ? appendOnly : 0));
    }
}
