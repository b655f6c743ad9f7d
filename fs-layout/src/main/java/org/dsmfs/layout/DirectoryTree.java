package org.dsmfs.layout;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.DirectoryBranch;
import org.dsmfs.layout.page.DirectoryLeaf;
import org.dsmfs.layout.page.DirectoryNode;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.LeafSnapshot;
import org.dsmfs.layout.page.PageKind;

/**
 * The entries of a directory: a B+tree by key, where key = hash of the name * 16 + a number among equal hashes. The
 * root lies in the inode's body, other nodes in pages of the directory segment, whose numbers are never used again.
 * Names of equal hash always share a leaf, so that one leaf answers for a name. Nodes that become empty are freed.
 */
final class DirectoryTree {
    /** Smaller keys are free for "." and "..". */
    static final long FIRST_KEY = 16;

    private static final int SEQUENCE_BITS = 4;
    private static final long ROOT_NODE = 0;

    private final PageTransaction tx;
    private final Inode directory;
    private final NameHash hashing;
    private final long segment;

    DirectoryTree(final Inode directory) {
        this(directory, NameHash.SEEDED);
    }

    DirectoryTree(final Inode directory, final NameHash hashing) {
        this.tx = directory.tx();
        this.directory = directory;
        this.hashing = hashing;
        this.segment = PageKind.DIRECTORY.segment(directory.ino());
    }

    /** What an entry says. */
    record Entry(long ino, int type) {
    }

    /** Makes the tree of a new directory. */
    void initialise(final long seed) {
        directory.edit().seed(seed);
        directory.edit().nextNode(ROOT_NODE + 1);
        DirectoryLeaf.create(edit(ROOT_NODE));
    }

    boolean isEmpty() {
        return directory.view().entries() == 0;
    }

    /** @return the entry; null if there is none */
    Entry find(final byte[] name) {
        final long hash = hash(name);
        final DirectoryLeaf leaf = new DirectoryLeaf(view(leafFor(firstKey(hash))));
        final int entry = find(leaf, hash, name);
        return entry == leaf.end() ? null : new Entry(leaf.ino(entry), leaf.type(entry));
    }

    /**
     * Adds an entry whose name is not there yet.
     *
     * @throws ErrnoException ENOSPC if 16 names have the same hash
     */
    void insert(final byte[] name, final long ino, final int type) {
        final long hash = hash(name);
        final DirectoryLeaf leaf = new DirectoryLeaf(edit(leafWithRoom(firstKey(hash), name.length)));
        if (!leaf.hasRoom(name.length)) {
            throw Errno.ENOSPC.exception();
        }
        leaf.append(unusedKey(leaf, hash), ino, type, name);
        directory.edit().entries(directory.view().entries() + 1);
    }

    /** Makes an existing entry name another inode. */
    void replace(final byte[] name, final long ino, final int type) {
        final long hash = hash(name);
        final DirectoryLeaf leaf = new DirectoryLeaf(edit(leafFor(firstKey(hash))));
        leaf.refer(require(leaf, hash, name), ino, type);
    }

    /** Removes an existing entry. */
    void remove(final byte[] name) {
        final long hash = hash(name);
        final long page = leafFor(firstKey(hash));
        final DirectoryLeaf leaf = new DirectoryLeaf(edit(page));
        leaf.remove(require(leaf, hash, name));
        directory.edit().entries(directory.view().entries() - 1);
        if (leaf.count() == 0 && page != ROOT_NODE) {
            removeNode(firstKey(hash), page);
        }
    }

    /**
     * Takes a copy of the leaf that the key belongs to.
     *
     * @return lowest key of the next leaf; {@link Long#MAX_VALUE} if there is none
     */
    long snapshot(final long key, final LeafSnapshot snapshot) {
        long page = ROOT_NODE;
        long upperBound = Long.MAX_VALUE;
        DirectoryNode.Region region = view(page);
        for (int level = region.level(); level > 0; level--) {
            final DirectoryBranch branch = new DirectoryBranch(region);
            final int slot = branch.slotFor(key);
            if (slot + 1 < branch.count()) {
                upperBound = branch.key(slot + 1);
            }
            page = branch.child(slot);
            region = view(page);
            requireLevel(region, level - 1);
        }
        if (upperBound <= key) {
            throw new DamagedPageException(segment, page, "directory branch above is not sorted");
        }
        snapshot.take(new DirectoryLeaf(region));
        return upperBound;
    }

    /**
     * @return nodes beside the root
     * @throws DamagedPageException if one is missing, or no branch where one must be
     */
    long countNodes() {
        return view(ROOT_NODE).level() == 0 ? 0 : countBelow(ROOT_NODE);
    }

    private long countBelow(final long page) {
        final DirectoryBranch branch = new DirectoryBranch(view(page));
        long count = branch.count();
        for (int slot = 0; slot < branch.count(); slot++) {
            if (branch.level() > 1) {
                requireLevel(view(branch.child(slot)), branch.level() - 1);
                count += countBelow(branch.child(slot));
            } else if (!tx.exists(segment, branch.child(slot))) {
                throw new DamagedPageException(segment, branch.child(slot), "directory node is missing");
            }
        }
        return count;
    }

    private long hash(final byte[] name) {
        return hashing.hash(directory.view().seed(), name);
    }

    private static long firstKey(final long hash) {
        return hash << SEQUENCE_BITS;
    }

    private static long hashOf(final long key) {
        return key >>> SEQUENCE_BITS;
    }

    private static int find(final DirectoryLeaf leaf, final long hash, final byte[] name) {
        int entry = leaf.first();
        while (entry < leaf.end()) {
            final int next = leaf.next(entry);
            if (hashOf(leaf.key(entry)) == hash && leaf.isNamed(entry, name)) {
                return entry;
            }
            entry = next;
        }
        return leaf.end();
    }

    private static int require(final DirectoryLeaf leaf, final long hash, final byte[] name) {
        final int entry = find(leaf, hash, name);
        if (entry == leaf.end()) {
            throw new IllegalStateException("directory entry to change is not there");
        }
        return entry;
    }

    private static long unusedKey(final DirectoryLeaf leaf, final long hash) {
        int taken = 0;
        for (int entry = leaf.first(); entry < leaf.end(); entry = leaf.next(entry)) {
            if (hashOf(leaf.key(entry)) == hash) {
                taken |= 1 << (leaf.key(entry) - firstKey(hash));
            }
        }
        final int sequence = Integer.numberOfTrailingZeros(~taken);
        if (sequence >= 1 << SEQUENCE_BITS) {
            throw Errno.ENOSPC.exception();
        }
        return firstKey(hash) + sequence;
    }

    private long leafFor(final long key) {
        long page = ROOT_NODE;
        DirectoryNode.Region region = view(page);
        for (int level = region.level(); level > 0; level--) {
            final DirectoryBranch branch = new DirectoryBranch(region);
            page = branch.child(branch.slotFor(key));
            region = view(page);
            requireLevel(region, level - 1);
        }
        return page;
    }

    /** Descends to the key's leaf and splits full nodes on the way, so that a split finds room in the node above. */
    private long leafWithRoom(final long key, final int nameLength) {
        if (!hasRoom(view(ROOT_NODE), nameLength)) {
            pushRootDown();
        }
        long page = ROOT_NODE;
        int level = view(page).level();
        while (level > 0) {
            DirectoryBranch branch = new DirectoryBranch(view(page));
            final int slot = branch.slotFor(key);
            requireLevel(view(branch.child(slot)), level - 1);
            if (!hasRoom(view(branch.child(slot)), nameLength)) {
                split(page, slot);
                branch = new DirectoryBranch(view(page));
            }
            page = branch.child(branch.slotFor(key));
            level--;
        }
        final DirectoryLeaf leaf = new DirectoryLeaf(view(page));
        if (!leaf.hasRoom(nameLength) && leaf.isWorthCompacting()) {
            compact(page);
        }
        return page;
    }

    private static boolean hasRoom(final DirectoryNode.Region region, final int nameLength) {
        if (region.level() > 0) {
            return !new DirectoryBranch(region).isFull();
        }
        final DirectoryLeaf leaf = new DirectoryLeaf(region);
        return leaf.hasRoom(nameLength) || leaf.isWorthCompacting();
    }

    private void compact(final long page) {
        final LeafSnapshot entries = new LeafSnapshot();
        final DirectoryLeaf leaf = new DirectoryLeaf(edit(page));
        entries.take(leaf);
        leaf.clear();
        entries.copyTo(leaf, 0, entries.count());
    }

    /** Moves the root's content into a new node, which becomes the root's only child. */
    private void pushRootDown() {
        final DirectoryNode.Region root = edit(ROOT_NODE);
        final int level = root.level();
        if (level == DirectoryNode.MAX_LEVEL) {
            throw directory.damaged("directory tree is too high");
        }
        final long child = newNode();
        if (level == 0) {
            final LeafSnapshot entries = new LeafSnapshot();
            entries.take(new DirectoryLeaf(root));
            entries.copyTo(DirectoryLeaf.create(edit(child)), 0, entries.count());
        } else {
            new DirectoryBranch(root).moveTail(0, edit(child));
        }
        DirectoryBranch.create(root, level + 1, FIRST_KEY, child);
    }

    /** Moves about half of a child into a new node beside it, if it can be divided. */
    private void split(final long parent, final int slot) {
        final long page = new DirectoryBranch(view(parent)).child(slot);
        if (view(page).level() > 0) {
            final DirectoryBranch branch = new DirectoryBranch(edit(page));
            final int middle = branch.count() / 2;
            final long middleKey = branch.key(middle);
            final long sibling = newNode();
            branch.moveTail(middle, edit(sibling));
            new DirectoryBranch(edit(parent)).insert(slot + 1, middleKey, sibling);
        } else {
            splitLeaf(parent, slot, page);
        }
    }

    private void splitLeaf(final long parent, final int slot, final long page) {
        final LeafSnapshot entries = new LeafSnapshot();
        entries.take(new DirectoryLeaf(view(page)));
        final int middle = middle(entries);
        if (middle == entries.count()) {
            return;
        }
        final long middleKey = firstKey(hashOf(entries.key(middle)));
        final long sibling = newNode();
        final DirectoryLeaf left = new DirectoryLeaf(edit(page));
        left.clear();
        entries.copyTo(left, 0, middle);
        entries.copyTo(DirectoryLeaf.create(edit(sibling)), middle, entries.count());
        new DirectoryBranch(edit(parent)).insert(slot + 1, middleKey, sibling);
    }

    /** @return index of the entry to start the second half with; the count if all have the same hash */
    private static int middle(final LeafSnapshot entries) {
        int total = 0;
        for (int i = 0; i < entries.count(); i++) {
            total += entries.length(i);
        }
        int before = 0;
        int best = entries.count();
        for (int i = 0; i < entries.count() && (before <= total / 2 || best == entries.count()); i++) {
            if (i > 0 && hashOf(entries.key(i)) != hashOf(entries.key(i - 1))) {
                best = i;
            }
            before += entries.length(i);
        }
        return best;
    }

    /** Frees an empty node, and those above that become empty with it. */
    private void removeNode(final long key, final long emptyPage) {
        final long[] path = new long[DirectoryNode.MAX_LEVEL + 1];
        int depth = 0;
        for (long page = ROOT_NODE; page != emptyPage; depth++) {
            path[depth] = page;
            final DirectoryBranch branch = new DirectoryBranch(view(page));
            page = branch.child(branch.slotFor(key));
        }
        tx.free(segment, emptyPage);
        directory.edit().pages(directory.view().pages() - 1);
        for (depth--; depth >= 0; depth--) {
            final DirectoryNode.Region region = edit(path[depth]);
            final DirectoryBranch branch = new DirectoryBranch(region);
            if (branch.count() > 1) {
                branch.remove(branch.slotFor(key));
                return;
            }
            if (depth == 0) {
                DirectoryLeaf.create(region);
            } else {
                tx.free(segment, path[depth]);
                directory.edit().pages(directory.view().pages() - 1);
            }
        }
    }

    private long newNode() {
        final long page = directory.view().nextNode();
        directory.edit().nextNode(page + 1);
        directory.edit().pages(directory.view().pages() + 1);
        return page;
    }

    private void requireLevel(final DirectoryNode.Region region, final int level) {
        if (region.level() != level) {
            throw new DamagedPageException(region.segment(), region.page(), "directory node is of the wrong level");
        }
    }

    private DirectoryNode.Region view(final long page) {
        if (page == ROOT_NODE) {
            return root(directory.view().buffer(), directory.view().editable());
        }
        final DirectBuffer buffer = tx.read(segment, page);
        if (buffer == null) {
            throw new DamagedPageException(segment, page, "directory node is missing");
        }
        return new DirectoryNode.Region(buffer, null, 0, Segment.SMALL_PAGE_SIZE, segment, page);
    }

    private DirectoryNode.Region edit(final long page) {
        if (page == ROOT_NODE) {
            final MutableDirectBuffer buffer = directory.edit().editable();
            return root(buffer, buffer);
        }
        final MutableDirectBuffer buffer = tx.write(segment, page);
        return new DirectoryNode.Region(buffer, buffer, 0, Segment.SMALL_PAGE_SIZE, segment, page);
    }

    private DirectoryNode.Region root(final DirectBuffer buffer, final MutableDirectBuffer editable) {
        return new DirectoryNode.Region(buffer, editable, InodePage.BODY_OFFSET, InodePage.BODY_LENGTH,
            PageKind.INODE.segment(directory.ino()), 0);
    }
}
