package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** What modes and ACLs have to do with each other, and when the set-id bits go. */
final class AccessRules {
    static final byte[] ACCESS_ACL = "system.posix_acl_access".getBytes(US_ASCII);
    static final byte[] DEFAULT_ACL = "system.posix_acl_default".getBytes(US_ASCII);

    private AccessRules() {
    }

    /** Gives a new inode its owner, its mode and its ACLs, as the parent directory and the umask would have it. */
    static void inherit(final Caller caller, final Inode parent, final Inode child, final int mode) {
        final boolean groupOfParent = (parent.view().mode() & FileType.SET_GID) != 0;
        child.edit().uid(caller.uid());
        child.edit().gid(groupOfParent ? parent.view().gid() : caller.gid());
        final int wanted = groupOfParent && FileType.isDirectory(mode) ? mode | FileType.SET_GID : mode;
        if (FileType.isSymlink(mode)) {
            child.edit().mode(wanted);
            return;
        }
        final byte[] defaultAcl = new Xattrs(parent).get(DEFAULT_ACL);
        if (defaultAcl == null) {
            child.edit().mode(wanted & ~(caller.umask() & 0777));
            return;
        }
        final Acl acl = parseStored(parent, defaultAcl);
        if (FileType.isDirectory(mode)) {
            new Xattrs(child).set(DEFAULT_ACL, defaultAcl);
        }
        child.edit().mode(acl.restrict(wanted));
        if (!acl.isMinimal()) {
            new Xattrs(child).set(ACCESS_ACL, acl.toBytes());
        }
    }

    /** chmod: sets the permission bits, in the access ACL too. */
    static void changeMode(final Inode inode, final int permissions) {
        inode.edit().mode(FileType.of(inode.view().mode()) | permissions);
        final Xattrs xattrs = new Xattrs(inode);
        final byte[] stored = xattrs.get(ACCESS_ACL);
        if (stored != null) {
            final Acl acl = parseStored(inode, stored);
            acl.setMode(permissions);
            xattrs.set(ACCESS_ACL, acl.toBytes());
        }
    }

    /**
     * Sets the access ACL, and the mode with it. The setgid bit goes if the caller is not known to be of the group.
     *
     * @param value in the kernel's form; null for none
     * @throws ErrnoException EINVAL
     */
    static void setAccessAcl(final Caller caller, final Inode inode, final byte[] value) {
        final Xattrs xattrs = new Xattrs(inode);
        final Acl acl = value == null ? null : Acl.parse(value);
        xattrs.remove(ACCESS_ACL);
        if (acl == null) {
            return;
        }
        int mode = inode.view().mode() & ~0777 | acl.mode();
        if (caller.uid() != 0 && caller.gid() != inode.view().gid()) {
            mode &= ~FileType.SET_GID;
        }
        inode.edit().mode(mode);
        if (!acl.isMinimal()) {
            xattrs.set(ACCESS_ACL, value);
        }
    }

    /**
     * Sets the ACL that what is made in a directory will inherit.
     *
     * @param value in the kernel's form; null for none
     * @throws ErrnoException EACCES (not a directory), EINVAL
     */
    static void setDefaultAcl(final Inode inode, final byte[] value) {
        final Acl acl = value == null ? null : Acl.parse(value);
        if (acl != null && !inode.isDirectory()) {
            throw Errno.EACCES.exception();
        }
        final Xattrs xattrs = new Xattrs(inode);
        if (acl == null) {
            xattrs.remove(DEFAULT_ACL);
        } else {
            xattrs.set(DEFAULT_ACL, value);
        }
    }

    /** Clears setuid, and setgid if it is not the mark of a mandatory lock, of what is not a directory. */
    static void dropSetId(final Inode inode) {
        final int mode = inode.view().mode();
        final int setGid = (mode & FileType.GROUP_EXECUTE) != 0 ? FileType.SET_GID : 0;
        final int dropped = mode & ~(FileType.SET_UID | setGid);
        if (!inode.isDirectory() && dropped != mode) {
            inode.edit().mode(dropped);
        }
    }

    private static Acl parseStored(final Inode inode, final byte[] value) {
        try {
            return Acl.parse(value);
        } catch (final ErrnoException e) {
            throw inode.damaged("access control list is malformed");
        }
    }
}
