package org.dsmfs.layout;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;

/** Makes the filesystem in an empty space, and recognises one. */
final class Formatter {
    private Formatter() {
    }

    /** @throws LayoutException if there is a root directory, but not one of this format */
    static boolean isFormatted(final PageTransaction tx) {
        final DirectBuffer root = tx.read(PageKind.INODE.segment(FileSystem.ROOT), 0);
        if (root == null) {
            return false;
        }
        final InodePage page = new InodePage();
        page.wrap(root);
        final String damage = page.damage(FileSystem.ROOT);
        if (damage != null) {
            throw new LayoutException("the root directory's inode " + damage);
        }
        return true;
    }

    /** @param founder whom the root directory belongs to */
    static void format(final Run run, final long seed, final Caller founder) {
        final Inode root = makeDirectory(run, FileSystem.ROOT, FileSystem.ROOT, 0755, seed);
        root.edit().uid(founder.uid());
        root.edit().gid(founder.gid());
        makeDirectory(run, Orphans.INO, Orphans.INO, 0, NameHash.mix(seed));
    }

    /** Makes a directory that its parent knows nothing of yet. */
    static Inode makeDirectory(
        final Run run, final long ino, final long parent, final int permissions, final long seed) {
        final Inode directory = run.create(ino);
        directory.edit().mode(FileType.DIRECTORY | permissions);
        directory.edit().nlink(2);
        directory.edit().parent(parent);
        new DirectoryTree(directory).initialise(seed);
        return directory;
    }
}
