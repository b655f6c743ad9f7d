package org.dsmfs.engine.directory;

import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.PageTransaction;

/**
 * The directory's pages as a sorted map from addresses, where ranges begin, to partitions: a B+ tree with its root at
 * a fixed page. A page that is full splits; one that has become empty goes, so none but the root ever is. Ranges are
 * granted in rising order, so the last page of a level splits off as little as it can and stays full.
 */
final class RangeTree {
    /** Where a range begins, and its partition. */
    record Start(long number, long page, int partition) {
    }

    private final PageTransaction tx;

    RangeTree(final PageTransaction tx) {
        this.tx = tx;
    }

    /** @return the last start that is not behind the address, null if there is none */
    Start floor(final long number, final long page) {
        return tx.exists(Directory.SEGMENT, Directory.ROOT_PAGE) ? floor(root(), number, page) : null;
    }

    private Start floor(final DirectoryPage node, final long number, final long page) {
        if (node.level() == 0) {
            return start(node, node.floor(number, page));
        }
        for (int slot = node.slotFor(number, page); slot >= 0; slot--) {
            final Start start = floor(child(node, slot), number, page);
            if (start != null) {
                return start;
            }
        }
        return null;
    }

    /** @return the first start behind the address, null if there is none */
    Start higher(final long number, final long page) {
        return tx.exists(Directory.SEGMENT, Directory.ROOT_PAGE) ? higher(root(), number, page) : null;
    }

    private Start higher(final DirectoryPage node, final long number, final long page) {
        if (node.level() == 0) {
            return start(node, node.floor(number, page) + 1);
        }
        for (int slot = node.slotFor(number, page); slot < node.count(); slot++) {
            final Start start = higher(child(node, slot), number, page);
            if (start != null) {
                return start;
            }
        }
        return null;
    }

    private static Start start(final DirectoryPage leaf, final int slot) {
        return slot < 0 || slot == leaf.count() ? null
            : new Start(leaf.number(slot), leaf.page(slot), leaf.partition(slot));
    }

    /** Adds a start; there must be none at the address. */
    void insert(final long number, final long page, final int partition) {
        DirectoryPage node = tx.exists(Directory.SEGMENT, Directory.ROOT_PAGE) ? root() : editRoot().page();
        if (node.isFull()) {
            pushDown();
            node = root();
        }
        long index = Directory.ROOT_PAGE;
        while (node.level() > 0) {
            int slot = node.slotFor(number, page);
            if (child(node, slot).isFull()) {
                splitChild(edit(index, node), slot, number, page);
                node = node(index, node.level());
                slot = node.slotFor(number, page);
            }
            index = node.child(slot);
            node = child(node, slot);
        }
        edit(index, node).insert(node.floor(number, page) + 1, number, page, partition);
    }

    /** The root's content moves to a new page, and the root becomes its parent. */
    private void pushDown() {
        final DirectoryPage.Editor root = editRoot();
        final long index = root.takeNextPage();
        root.moveTail(0, create(index, root.page().level()));
        root.level(root.page().level() + 1);
        root.insert(0, 0, 0, index);
    }

    /** Makes room for an address in a child that is full. */
    private void splitChild(final DirectoryPage.Editor parent, final int slot, final long number, final long page) {
        final long leftIndex = parent.page().child(slot);
        final DirectoryPage.Editor left = edit(leftIndex, child(parent.page(), slot));
        final int last = left.page().count() - 1;
        final boolean goesLast = Range.compare(left.page().number(last), left.page().page(last), number, page) <= 0;
        final int from = goesLast ? last : left.page().count() / 2;
        final long rightIndex = editRoot().takeNextPage();
        parent.insert(slot + 1, left.page().number(from), left.page().page(from), rightIndex);
        left.moveTail(from, create(rightIndex, left.page().level()));
    }

    /** Removes a start; nothing happens if there is none at the address. */
    void remove(final long number, final long page) {
        if (tx.exists(Directory.SEGMENT, Directory.ROOT_PAGE)) {
            remove(Directory.ROOT_PAGE, root(), number, page);
        }
    }

    /** @return whether the page has become empty */
    private boolean remove(final long index, final DirectoryPage node, final long number, final long page) {
        final int slot;
        if (node.level() == 0) {
            slot = node.floor(number, page);
            if (slot < 0 || node.number(slot) != number || node.page(slot) != page) {
                return false;
            }
        } else {
            slot = node.slotFor(number, page);
            if (!remove(node.child(slot), child(node, slot), number, page)) {
                return false;
            }
            tx.free(Directory.SEGMENT, node.child(slot));
        }
        final DirectoryPage.Editor editor = edit(index, node);
        editor.remove(slot);
        final boolean isEmpty = editor.page().count() == 0;
        if (isEmpty && index == Directory.ROOT_PAGE) {
            editor.level(0);
        }
        return isEmpty;
    }

    private DirectoryPage root() {
        return DirectoryPage.root(tx.read(Directory.SEGMENT, Directory.ROOT_PAGE));
    }

    private DirectoryPage.Editor editRoot() {
        final MutableDirectBuffer bytes = tx.write(Directory.SEGMENT, Directory.ROOT_PAGE);
        return DirectoryPage.root(bytes).edit(bytes);
    }

    private DirectoryPage child(final DirectoryPage parent, final int slot) {
        return node(parent.child(slot), parent.level() - 1);
    }

    private DirectoryPage node(final long index, final int level) {
        return index == Directory.ROOT_PAGE ? root()
            : DirectoryPage.child(index, tx.read(Directory.SEGMENT, index), level);
    }

    private DirectoryPage.Editor edit(final long index, final DirectoryPage valid) {
        if (index == Directory.ROOT_PAGE) {
            return editRoot();
        }
        final MutableDirectBuffer bytes = tx.write(Directory.SEGMENT, index);
        return DirectoryPage.child(index, bytes, valid.level()).edit(bytes);
    }

    private DirectoryPage.Editor create(final long index, final int level) {
        return DirectoryPage.create(index, tx.write(Directory.SEGMENT, index), level);
    }
}
