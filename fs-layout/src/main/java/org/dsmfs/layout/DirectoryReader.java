package org.dsmfs.layout;

import org.dsmfs.layout.page.LeafSnapshot;

/**
 * Lists one directory in the order of its keys, a leaf per transaction; entries are handed out between transactions,
 * since a run may be repeated. A cookie is the key of the entry before, so it stays right whatever comes and goes.
 */
final class DirectoryReader {
    /** Cookie to start with what is neither "." nor "..". */
    static final long BEHIND_DOTS = 2;

    private static final long DOT_COOKIE = 1;
    private static final long DOT_DOT_COOKIE = BEHIND_DOTS;
    private static final byte[] DOT = {'.'};
    private static final byte[] DOT_DOT = {'.', '.'};

    private final Transactions transactions;
    private final AccessTime accessTime;
    private final long ino;
    private final LeafSnapshot leaf = new LeafSnapshot();
    private long parent;
    private long nextLeafKey;

    DirectoryReader(final Transactions transactions, final AccessTime accessTime, final long ino) {
        this.transactions = transactions;
        this.accessTime = accessTime;
        this.ino = ino;
    }

    void read(final long cookie, final FileSystem.EntrySink sink) {
        long key = Math.max(cookie + 1, DirectoryTree.FIRST_KEY);
        load(key, cookie == 0);
        boolean wanted = (cookie >= DOT_COOKIE || sink.entry(DOT, ino, FileType.DIRECTORY, DOT_COOKIE))
            && (cookie >= DOT_DOT_COOKIE || sink.entry(DOT_DOT, parent, FileType.DIRECTORY, DOT_DOT_COOKIE));
        while (wanted) {
            wanted = deliver(key, sink) && nextLeafKey != Long.MAX_VALUE;
            if (wanted) {
                key = nextLeafKey;
                load(key, false);
            }
        }
    }

    private void load(final long key, final boolean isStart) {
        transactions.run(run -> {
            final Inode directory = run.directory(ino);
            parent = directory.view().parent();
            if (isStart) {
                accessTime.accessed(run, directory);
            }
            nextLeafKey = new DirectoryTree(directory).snapshot(key, leaf);
        });
    }

    private boolean deliver(final long fromKey, final FileSystem.EntrySink sink) {
        for (int i = leaf.indexFrom(fromKey); i < leaf.count(); i++) {
            if (!sink.entry(leaf.name(i), leaf.ino(i), leaf.type(i), leaf.key(i))) {
                return false;
            }
        }
        return true;
    }
}
