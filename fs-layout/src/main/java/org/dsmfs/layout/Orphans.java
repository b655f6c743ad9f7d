package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.InodePage;

/**
 * The hidden directory of the inodes with something left to do: those without a name, and those with data pages to
 * trim. After a crash it tells what to clean up. An inode is in it exactly if its {@link InodePage#ORPHAN} is set.
 */
final class Orphans {
    /** Inode number of the directory. */
    static final long INO = 2;

    private Orphans() {
    }

    /** @throws DamagedPageException if it is there already */
    static void add(final Run run, final Inode inode) {
        final DirectoryTree tree = new DirectoryTree(run.inode(INO));
        requireListed(run, inode, tree.find(name(inode.ino())) != null, false);
        tree.insert(name(inode.ino()), inode.ino(), FileType.of(inode.view().mode()));
    }

    /** @throws DamagedPageException if it is not there */
    static void remove(final Run run, final Inode inode) {
        final DirectoryTree tree = new DirectoryTree(run.inode(INO));
        requireListed(run, inode, tree.find(name(inode.ino())) != null, true);
        tree.remove(name(inode.ino()));
    }

    static byte[] name(final long ino) {
        return Long.toHexString(ino).getBytes(US_ASCII);
    }

    private static void requireListed(
        final Run run, final Inode inode, final boolean isListed, final boolean mustBeListed) {
        if (isListed != mustBeListed) {
            throw run.inode(INO).damaged("disagrees with inode " + inode.ino() + " on whether it is an orphan");
        }
    }
}
