package org.dsmfs.layout;

/** Rules for the names of directory entries. */
final class Names {
    private Names() {
    }

    /** @throws ErrnoException EINVAL, ENAMETOOLONG */
    static void check(final byte[] name) {
        if (name.length == 0) {
            throw Errno.EINVAL.exception();
        }
        if (name.length > FileSystem.NAME_MAX) {
            throw Errno.ENAMETOOLONG.exception();
        }
        for (final byte b : name) {
            if (b == '/' || b == 0) {
                throw Errno.EINVAL.exception();
            }
        }
    }

    /**
     * For a name that is to be made or removed: also not "." or "..".
     *
     * @throws ErrnoException EINVAL, ENAMETOOLONG
     */
    static void checkChangeable(final byte[] name) {
        check(name);
        if (isDot(name) || isDotDot(name)) {
            throw Errno.EINVAL.exception();
        }
    }

    static boolean isDot(final byte[] name) {
        return name.length == 1 && name[0] == '.';
    }

    static boolean isDotDot(final byte[] name) {
        return name.length == 2 && name[0] == '.' && name[1] == '.';
    }
}
