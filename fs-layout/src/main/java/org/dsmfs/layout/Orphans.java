package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The hidden directory of the inodes with something left to do: those without a name, and those with data pages to
 * trim. After a crash it tells what to clean up. An inode is in it exactly if its {@code ORPHAN} flag is set.
 */
final class Orphans {
    /** Inode number of the directory. */
    static final long INO = 2;

    private Orphans() {
    }

    static void add(final Run run, final Inode inode) {
        new DirectoryTree(run.inode(INO)).insert(name(inode.ino()), inode.ino(), FileType.of(inode.view().mode()));
    }

    static void remove(final Run run, final long ino) {
        new DirectoryTree(run.inode(INO)).remove(name(ino));
    }

    static byte[] name(final long ino) {
        return Long.toHexString(ino).getBytes(US_ASCII);
    }
}
