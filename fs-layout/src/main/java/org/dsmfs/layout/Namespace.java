package org.dsmfs.layout;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.page.InodePage;

/** Making, finding and removing names. */
final class Namespace {
    /** Most links to an inode. */
    static final int LINK_MAX = Integer.MAX_VALUE;
    /** Longest target of a symbolic link, bytes: PATH_MAX without its NUL. */
    private static final int SYMLINK_MAX = 4095;

    private final OpenInodes open;
    private final Reclaimer reclaimer;

    Namespace(final OpenInodes open, final Reclaimer reclaimer) {
        this.open = open;
        this.reclaimer = reclaimer;
    }

    Inode lookup(final Run run, final long parent, final byte[] name) {
        Names.check(name);
        final Inode directory = run.directory(parent);
        if (Names.isDot(name)) {
            return directory;
        }
        if (Names.isDotDot(name)) {
            return run.referred(directory, directory.view().parent());
        }
        final DirectoryTree.Entry entry = new DirectoryTree(directory).find(name);
        if (entry == null) {
            throw Errno.ENOENT.exception();
        }
        return run.referred(directory, entry.ino());
    }

    /**
     * @return what an open that may create finds under the name; null if nothing
     * @throws ErrnoException EISDIR, ELOOP (a symbolic link)
     */
    Inode lookupFile(final Run run, final long parent, final byte[] name) {
        Names.check(name);
        final boolean isDots = Names.isDot(name) || Names.isDotDot(name);
        final Inode directory = run.directory(parent);
        final DirectoryTree.Entry entry = isDots ? null : new DirectoryTree(directory).find(name);
        if (isDots || entry != null && entry.type() == FileType.DIRECTORY) {
            throw Errno.EISDIR.exception();
        }
        if (entry != null && entry.type() == FileType.SYMLINK) {
            throw Errno.ELOOP.exception();
        }
        return entry == null ? null : run.referred(directory, entry.ino());
    }

    Inode mknod(final Run run, final Caller caller, final long parent, final byte[] name, final int mode,
                final int rdev) {
        if (!FileType.isKnown(mode) || FileType.isDirectory(mode) || FileType.isSymlink(mode)) {
            throw Errno.EINVAL.exception();
        }
        final Inode inode = make(run, caller, parent, name, mode & (FileType.MASK | FileType.PERMISSIONS));
        if (FileType.isDevice(mode)) {
            inode.edit().rdev(rdev);
        }
        return inode;
    }

    Inode mkdir(final Run run, final Caller caller, final long parent, final byte[] name, final int mode) {
        final Inode directory = run.linkedDirectory(parent);
        if (directory.view().nlink() == LINK_MAX) {
            throw Errno.EMLINK.exception();
        }
        final Inode inode = make(run, caller, parent, name, FileType.DIRECTORY | mode & FileType.PERMISSIONS);
        inode.edit().nlink(2);
        inode.edit().parent(parent);
        new DirectoryTree(inode).initialise(NameHash.mix(directory.view().seed() + inode.ino()));
        directory.edit().nlink(directory.view().nlink() + 1);
        return inode;
    }

    Inode symlink(final Run run, final Caller caller, final long parent, final byte[] name, final byte[] target) {
        if (target.length == 0) {
            throw Errno.ENOENT.exception();
        }
        if (target.length > SYMLINK_MAX) {
            throw Errno.ENAMETOOLONG.exception();
        }
        final Inode inode = make(run, caller, parent, name, FileType.SYMLINK | 0777);
        new FileContent(inode).write(0, new UnsafeBuffer(target), 0, target.length);
        return inode;
    }

    byte[] readlink(final Run run, final long ino) {
        final Inode inode = run.inode(ino);
        if (!inode.isSymlink()) {
            throw Errno.EINVAL.exception();
        }
        final FileContent content = new FileContent(inode);
        if (content.size() > SYMLINK_MAX) {
            throw inode.damaged("symbolic link is too long");
        }
        final byte[] target = new byte[(int) content.size()];
        content.read(0, new UnsafeBuffer(target), 0, target.length);
        return target;
    }

    Inode createTemporary(final Run run, final Caller caller, final long parent, final int mode) {
        final Inode directory = run.linkedDirectory(parent);
        Protection.requireGrowable(directory);
        final Inode inode = run.create(run.tx().allocateNumber());
        AccessRules.inherit(caller, directory, inode, FileType.REGULAR | mode & FileType.PERMISSIONS);
        inode.edit().flag(InodePage.TEMPORARY, true);
        reclaimer.reclaim(run, inode, true);
        return inode;
    }

    Inode link(final Run run, final long ino, final long newParent, final byte[] newName) {
        Names.checkChangeable(newName);
        final Inode inode = run.inode(ino);
        if (inode.isDirectory()) {
            throw Errno.EPERM.exception();
        }
        final boolean mayGetFirstName = inode.view().has(InodePage.TEMPORARY) && open.isOpen(ino);
        if (inode.view().nlink() == 0 && !mayGetFirstName) {
            throw Errno.ENOENT.exception();
        }
        Protection.requireChangeable(inode);
        final Inode directory = run.linkedDirectory(newParent);
        if (inode.view().nlink() == LINK_MAX) {
            throw Errno.EMLINK.exception();
        }
        insertNew(run, directory, newName, inode);
        inode.edit().nlink(inode.view().nlink() + 1);
        inode.edit().flag(InodePage.TEMPORARY, false);
        run.changed(inode);
        if (inode.view().has(InodePage.ORPHAN)) {
            reclaimer.reclaim(run, inode, open.isOpen(ino));
        }
        return inode;
    }

    /** @return the inode if there is more of it to reclaim, else 0 */
    long unlink(final Run run, final long parent, final byte[] name) {
        Names.checkChangeable(name);
        run.tx().useReserve();
        final Inode directory = run.directory(parent);
        final Inode inode = lookup(run, parent, name);
        if (inode.isDirectory()) {
            throw Errno.EISDIR.exception();
        }
        requireRemovable(directory, inode);
        new DirectoryTree(directory).remove(name);
        run.contentChanged(directory);
        return unlinked(run, inode);
    }

    /** @return as {@link #unlink} */
    long rmdir(final Run run, final long parent, final byte[] name) {
        Names.checkChangeable(name);
        run.tx().useReserve();
        final Inode directory = run.directory(parent);
        final Inode inode = lookup(run, parent, name);
        if (!inode.isDirectory()) {
            throw Errno.ENOTDIR.exception();
        }
        requireRemovable(directory, inode);
        requireEmpty(inode);
        new DirectoryTree(directory).remove(name);
        run.contentChanged(directory);
        directory.edit().nlink(directory.view().nlink() - 1);
        return unlinked(run, inode);
    }

    /**
     * Takes one link, or a directory's last, from an inode whose entry is gone.
     *
     * @return as {@link #unlink}
     */
    long unlinked(final Run run, final Inode inode) {
        inode.edit().nlink(inode.isDirectory() ? 0 : inode.view().nlink() - 1);
        run.changed(inode);
        if (inode.view().nlink() > 0) {
            return 0;
        }
        return reclaimer.reclaim(run, inode, open.isOpen(inode.ino())) ? inode.ino() : 0;
    }

    /** @throws ErrnoException EPERM if the directory must keep its names, or the inode its name */
    static void requireRemovable(final Inode directory, final Inode inode) {
        Protection.requireChangeable(directory);
        Protection.requireChangeable(inode);
    }

    static void requireEmpty(final Inode directory) {
        if (!new DirectoryTree(directory).isEmpty()) {
            throw Errno.ENOTEMPTY.exception();
        }
    }

    private static Inode make(
        final Run run, final Caller caller, final long parent, final byte[] name, final int mode) {
        Names.checkChangeable(name);
        final Inode directory = run.linkedDirectory(parent);
        final Inode inode = run.create(run.tx().allocateNumber());
        AccessRules.inherit(caller, directory, inode, mode);
        inode.edit().nlink(1);
        insertNew(run, directory, name, inode);
        return inode;
    }

    private static void insertNew(final Run run, final Inode directory, final byte[] name, final Inode inode) {
        final DirectoryTree tree = new DirectoryTree(directory);
        if (tree.find(name) != null) {
            throw Errno.EEXIST.exception();
        }
        Protection.requireGrowable(directory);
        tree.insert(name, inode.ino(), FileType.of(inode.view().mode()));
        run.contentChanged(directory);
    }
}
