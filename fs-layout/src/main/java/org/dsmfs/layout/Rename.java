package org.dsmfs.layout;

/** rename(2) and renameat2(2). */
final class Rename {
    private final Namespace namespace;

    Rename(final Namespace namespace) {
        this.namespace = namespace;
    }

    /** @return an inode of which there is more to reclaim, else 0 */
    long rename(final Run run, final long parent, final byte[] name, final long newParent, final byte[] newName,
                final int flags) {
        if (flags != 0 && flags != FileSystem.RENAME_NOREPLACE && flags != FileSystem.RENAME_EXCHANGE) {
            throw Errno.EINVAL.exception();
        }
        Names.checkChangeable(name);
        Names.checkChangeable(newName);
        final Inode from = run.directory(parent);
        final Inode to = run.linkedDirectory(newParent);
        final DirectoryTree fromTree = new DirectoryTree(from);
        final DirectoryTree toTree = new DirectoryTree(to);
        final DirectoryTree.Entry source = fromTree.find(name);
        if (source == null) {
            throw Errno.ENOENT.exception();
        }
        final DirectoryTree.Entry target = toTree.find(newName);
        if (target != null && flags == FileSystem.RENAME_NOREPLACE) {
            throw Errno.EEXIST.exception();
        }
        if (target == null && flags == FileSystem.RENAME_EXCHANGE) {
            throw Errno.ENOENT.exception();
        }
        if (target != null && target.ino() == source.ino()) {
            return 0;
        }
        final Inode moved = run.referred(from, source.ino());
        final Inode other = target == null ? null : run.referred(to, target.ino());
        requireNotInto(run, moved, to);
        Namespace.requireRemovable(from, moved);
        if (other == null) {
            Protection.requireGrowable(to);
        } else {
            Namespace.requireRemovable(to, other);
        }
        if (flags == FileSystem.RENAME_EXCHANGE) {
            requireNotInto(run, other, from);
            fromTree.replace(name, target.ino(), target.type());
            toTree.replace(newName, source.ino(), source.type());
            reparent(moved, from, to);
            reparent(other, to, from);
            run.changed(other);
        } else {
            if (other != null) {
                requireReplaceable(moved, other);
                toTree.replace(newName, source.ino(), source.type());
            } else {
                toTree.insert(newName, source.ino(), source.type());
            }
            fromTree.remove(name);
            reparent(moved, from, to);
        }
        run.changed(moved);
        run.contentChanged(from);
        run.contentChanged(to);
        if (other == null || flags == FileSystem.RENAME_EXCHANGE) {
            return 0;
        }
        if (other.isDirectory()) {
            to.edit().nlink(to.view().nlink() - 1);
        }
        return namespace.unlinked(run, other);
    }

    private static void requireReplaceable(final Inode moved, final Inode other) {
        if (other.isDirectory() && !moved.isDirectory()) {
            throw Errno.EISDIR.exception();
        }
        if (moved.isDirectory() && !other.isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        if (other.isDirectory()) {
            Namespace.requireEmpty(other);
        }
    }

    private static void reparent(final Inode moved, final Inode from, final Inode to) {
        if (moved.isDirectory() && from != to) {
            if (to.view().nlink() == Namespace.LINK_MAX) {
                throw Errno.EMLINK.exception();
            }
            moved.edit().parent(to.ino());
            from.edit().nlink(from.view().nlink() - 1);
            to.edit().nlink(to.view().nlink() + 1);
        }
    }

    /** @throws ErrnoException EINVAL if the directory is, or lies below, what is moved */
    private static void requireNotInto(final Run run, final Inode moved, final Inode directory) {
        if (moved.isDirectory() && run.isWithin(directory, moved)) {
            throw Errno.EINVAL.exception();
        }
    }
}
