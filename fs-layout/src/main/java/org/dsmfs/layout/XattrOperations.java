package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The extended attribute calls: namespaces, flags, and the ACLs behind two of the names; xattr(7). */
final class XattrOperations {
    private static final byte[] USER = "user.".getBytes(US_ASCII);
    private static final byte[][] PREFIXES = {
        USER, "trusted.".getBytes(US_ASCII), "security.".getBytes(US_ASCII)};

    private XattrOperations() {
    }

    static void set(
        final Run run, final Caller caller, final long ino, final byte[] name, final byte[] value, final int flags) {
        checkName(name);
        if (value.length > FileSystem.XATTR_SIZE_MAX) {
            throw Errno.E2BIG.exception();
        }
        if ((flags & ~(FileSystem.XATTR_CREATE | FileSystem.XATTR_REPLACE)) != 0) {
            throw Errno.EINVAL.exception();
        }
        final Inode inode = run.inode(ino);
        requireSupported(inode, name);
        Protection.requireChangeable(inode);
        if (flags != 0) {
            final boolean exists = new Xattrs(inode).get(name) != null;
            if (exists && (flags & FileSystem.XATTR_CREATE) != 0) {
                throw Errno.EEXIST.exception();
            }
            if (!exists && (flags & FileSystem.XATTR_REPLACE) != 0) {
                throw Errno.ENODATA.exception();
            }
        }
        if (isAcl(name)) {
            setAcl(caller, inode, name, value.length == 0 ? null : value);
        } else {
            new Xattrs(inode).set(name, value);
        }
        run.changed(inode);
    }

    static byte[] get(final Run run, final long ino, final byte[] name) {
        checkName(name);
        final byte[] value = new Xattrs(run.inode(ino)).get(name);
        if (value == null) {
            throw Errno.ENODATA.exception();
        }
        return value;
    }

    static byte[] list(final Run run, final long ino) {
        final ByteArrayOutputStream names = new ByteArrayOutputStream();
        new Xattrs(run.inode(ino)).forEachName(name -> {
            names.writeBytes(name);
            names.write(0);
        });
        return names.toByteArray();
    }

    static void remove(final Run run, final long ino, final byte[] name) {
        checkName(name);
        run.tx().useReserve();
        final Inode inode = run.inode(ino);
        Protection.requireChangeable(inode);
        if (!new Xattrs(inode).remove(name)) {
            throw Errno.ENODATA.exception();
        }
        run.changed(inode);
    }

    private static void setAcl(final Caller caller, final Inode inode, final byte[] name, final byte[] value) {
        if (Arrays.equals(name, AccessRules.ACCESS_ACL)) {
            AccessRules.setAccessAcl(caller, inode, value);
        } else {
            AccessRules.setDefaultAcl(inode, value);
        }
    }

    private static void requireSupported(final Inode inode, final byte[] name) {
        if (startsWith(name, USER) && !inode.isRegular() && !inode.isDirectory()) {
            throw Errno.EPERM.exception();
        }
        if (isAcl(name) && inode.isSymlink()) {
            throw Errno.EOPNOTSUPP.exception();
        }
    }

    private static void checkName(final byte[] name) {
        if (name.length == 0 || name.length > FileSystem.NAME_MAX) {
            throw Errno.ERANGE.exception();
        }
        if (isAcl(name)) {
            return;
        }
        for (final byte[] prefix : PREFIXES) {
            if (startsWith(name, prefix)) {
                if (name.length == prefix.length) {
                    throw Errno.EINVAL.exception();
                }
                return;
            }
        }
        throw Errno.EOPNOTSUPP.exception();
    }

    private static boolean isAcl(final byte[] name) {
        return Arrays.equals(name, AccessRules.ACCESS_ACL) || Arrays.equals(name, AccessRules.DEFAULT_ACL);
    }

    private static boolean startsWith(final byte[] name, final byte[] prefix) {
        return name.length >= prefix.length && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
    }
}
