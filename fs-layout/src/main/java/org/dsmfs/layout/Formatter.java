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

    static void format(final Run run, final long seed) {
        makeDirectory(run, FileSystem.ROOT, 0755, seed);
        makeDirectory(run, Orphans.INO, 0, NameHash.mix(seed));
    }

    private static void makeDirectory(final Run run, final long ino, final int permissions, final long seed) {
        final Inode directory = run.create(ino);
        directory.edit().mode(FileType.DIRECTORY | permissions);
        directory.edit().nlink(2);
        directory.edit().parent(ino);
        new DirectoryTree(directory).initialise(seed);
    }
}
