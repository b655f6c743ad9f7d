package org.dsmfs.mount.serving;

import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Errno;

/** How a file may be opened that chattr(1) protects. The kernel does not know of that, as it does of permissions. */
public final class OpenRule {
    /** open(2) flags. */
    private static final int O_ACCMODE = 3;
    private static final int O_RDONLY = 0;
    private static final int O_TRUNC = 01000;
    private static final int O_APPEND = 02000;

    private OpenRule() {
    }

    /**
     * @param flags of open(2)
     * @throws org.dsmfs.layout.ErrnoException EPERM
     */
    public static void require(final Attributes attributes, final int flags) {
        final boolean isWrite = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) != 0;
        final boolean isAppend = (flags & O_APPEND) != 0 && (flags & O_TRUNC) == 0;
        if (isWrite && (attributes.isImmutable || attributes.isAppendOnly && !isAppend)) {
            throw Errno.EPERM.exception();
        }
    }
}
