package org.dsmfs.layout;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.LeafSnapshot;
import org.dsmfs.layout.page.PageKind;

/**
 * Says whether the filesystem in a space is what it should be: each name leads to an inode, link counts are right, each
 * page belongs to an inode that knows it, and no page is left over. Changes nothing. Expects that nobody changes the
 * space meanwhile; keeps about 100 bytes per inode in memory.
 */
public final class FileSystemCheck {
    /** So many findings tell enough. */
    private static final int MAX_FINDINGS = 1000;
    private static final int PAGES_PER_PIECE = 1 << 15;

    private final Space space;
    private final Set<String> findings = new LinkedHashSet<>();
    private final Long2ObjectHashMap<Pages> pagesByInode = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<Links> linksByInode = new Long2ObjectHashMap<>();
    private final Deque<Long> directories = new ArrayDeque<>();
    private final LongHashSet orphanLists = new LongHashSet();
    private final LongHashSet orphans = new LongHashSet();

    /** How many pages of each kind exist with an inode's number. */
    private static final class Pages {
        private long inode;
        private long directory;
        private long data;
        private long holes;
        private long xattr;
    }

    /** What the directories say of an inode. */
    private static final class Links {
        private long names;
        private long subdirectories;
    }

    /**
     * A part of a file's map.
     *
     * @param present pages in it
     * @param next    first page behind it, {@link HoleMap#NONE} at the end
     */
    private record Piece(int present, long next) {
    }

    /** What an entry leads to. */
    private record Target(int type, long parent, long orphanList) {
    }

    private FileSystemCheck(final Space space) {
        this.space = space;
    }

    /** @return what is wrong, a line each that names the inode; empty if nothing is */
    public static List<String> check(final Space space) {
        final FileSystemCheck check = new FileSystemCheck(space);
        check.run();
        return List.copyOf(check.findings);
    }

    private void run() {
        space.forEachPage(this::countPage);
        if (!pagesByInode.containsKey(FileSystem.ROOT) || !pagesByInode.containsKey(Orphans.INO)) {
            if (!pagesByInode.isEmpty()) {
                found(FileSystem.ROOT, "the root directory or the directory of orphans is missing");
            }
            return;
        }
        directories.add(Orphans.INO);
        directories.add(FileSystem.ROOT);
        links(FileSystem.ROOT).names = 1;
        links(Orphans.INO).names = 1;
        while (!directories.isEmpty()) {
            walkDirectory(directories.remove());
        }
        pagesByInode.forEach((ino, pages) -> checkInode(ino, pages));
    }

    private void countPage(final long segment, final long page) {
        final int kind = Segment.kind(segment);
        final long ino = Segment.number(segment);
        if ((kind & Segment.MAX_TYPE) == 0) {
            return;
        }
        Pages pages = pagesByInode.get(ino);
        if (pages == null) {
            pages = new Pages();
            pagesByInode.put(ino, pages);
        }
        if (kind == PageKind.INODE.code()) {
            pages.inode++;
        } else if (kind == PageKind.DIRECTORY.code()) {
            pages.directory++;
        } else if (kind == PageKind.DATA.code()) {
            pages.data++;
        } else if (kind == PageKind.HOLES.code()) {
            pages.holes++;
        } else if (kind == PageKind.XATTR.code()) {
            pages.xattr++;
        } else {
            found(ino, "page " + Segment.describe(segment, page) + " is of an unknown kind");
        }
    }

    private void walkDirectory(final long ino) {
        final LeafSnapshot leaf = new LeafSnapshot();
        long entries = 0;
        long key = DirectoryTree.FIRST_KEY;
        while (key != Long.MAX_VALUE) {
            final long leafKey = key;
            final Long next = examine(ino, tx -> {
                final Inode directory = require(tx, ino);
                return new DirectoryTree(directory).snapshot(leafKey, leaf);
            });
            if (next == null) {
                return;
            }
            for (int i = 0; i < leaf.count(); i++) {
                if (leaf.key(i) < leafKey || leaf.key(i) >= next) {
                    found(ino, "the name " + printable(leaf.name(i)) + " is in the wrong leaf");
                }
                visitEntry(ino, leaf.name(i), leaf.ino(i), leaf.type(i));
            }
            entries += leaf.count();
            key = next;
        }
        checkDirectory(ino, entries);
    }

    private void visitEntry(final long directory, final byte[] name, final long ino, final int type) {
        final String entry = "the name " + printable(name) + " in directory " + directory;
        final Target target = examine(ino, tx -> {
            final Inode inode = ino < 1 || ino > Segment.MAX_NUMBER ? null : Inode.load(tx, ino);
            if (inode == null) {
                found(ino, entry + " leads to an inode that does not exist");
                return null;
            }
            final DirectoryTree.Entry entryOfName = new DirectoryTree(require(tx, directory)).find(name);
            if (entryOfName == null || entryOfName.ino() != ino) {
                found(ino, entry + " is not found by a lookup");
            }
            return new Target(FileType.of(inode.view().mode()), inode.view().parent(), Orphans.listOf(inode));
        });
        if (target == null) {
            return;
        }
        if (target.type != type) {
            found(ino, entry + " tells another type than the inode");
        }
        final boolean isList = directory == Orphans.INO && Orphans.ListOwner.parse(name) != null;
        if (isList) {
            orphanLists.add(ino);
        } else if (directory == Orphans.INO || orphanLists.contains(directory)) {
            if (!orphans.add(ino) || target.orphanList != directory) {
                found(ino, entry + " is not the list of orphans that it belongs to");
            }
            return;
        }
        links(ino).names++;
        if (target.type == FileType.DIRECTORY) {
            visitSubdirectory(directory, entry, ino, target.parent);
        }
    }

    private void visitSubdirectory(final long directory, final String entry, final long ino, final long parent) {
        links(directory).subdirectories++;
        if (links(ino).names > 1) {
            found(ino, entry + " is not the only one of a directory");
        } else {
            directories.add(ino);
        }
        if (parent != directory) {
            found(ino, "has parent " + parent + ", but is named in " + directory);
        }
    }

    private void checkDirectory(final long ino, final long entries) {
        examine(ino, tx -> {
            final InodePage page = require(tx, ino).view();
            if (page.entries() != entries) {
                found(ino, "directory has " + entries + " entries but counts " + page.entries());
            }
            return null;
        });
    }

    private void checkInode(final long ino, final Pages pages) {
        if (pages.inode != 1) {
            found(ino, pages.inode == 0 ? "has pages but no inode" : "has more than one inode page");
            return;
        }
        final long dataPages = countDataPages(ino);
        examine(ino, tx -> {
            final Inode inode = require(tx, ino);
            checkLinks(inode);
            checkContent(inode, pages, dataPages);
            final long xattrPages = new Xattrs(inode).countPages();
            if (xattrPages != pages.xattr) {
                found(ino, "uses " + xattrPages + " pages of extended attributes, but there are " + pages.xattr);
            }
            return null;
        });
    }

    /** Goes through the map of data pages in pieces, each of which may have to be run again. */
    private long countDataPages(final long ino) {
        long count = 0;
        Piece piece = new Piece(0, 0);
        while (piece != null && piece.next != HoleMap.NONE) {
            final long from = piece.next;
            piece = examine(ino, tx -> examinePages(require(tx, ino), from));
            count += piece == null ? 0 : piece.present;
        }
        return count;
    }

    private Piece examinePages(final Inode inode, final long from) {
        if (!inode.isMapped()) {
            return new Piece(0, HoleMap.NONE);
        }
        final HoleMap map = new HoleMap(inode);
        final long segment = PageKind.DATA.segment(inode.ino());
        int present = 0;
        long page = map.nextPresent(from);
        for (; page != HoleMap.NONE && present < PAGES_PER_PIECE; page = map.nextPresent(page + 1)) {
            present++;
            if (!inode.tx().exists(segment, page)) {
                found(inode.ino(), "data page " + page + " is in the map but does not exist");
            }
        }
        return new Piece(present, page);
    }

    private void checkLinks(final Inode inode) {
        final Links links = links(inode.ino());
        final boolean isNamedDirectory = inode.isDirectory() && links.names > 0;
        final long expected = isNamedDirectory ? 2 + links.subdirectories : links.names;
        if (inode.view().nlink() != expected) {
            found(inode.ino(), "has a link count of " + inode.view().nlink() + " instead of " + expected);
        }
        final boolean mustBeOrphan = links.names == 0 || inode.view().has(InodePage.TRIM_PENDING);
        if (mustBeOrphan != orphans.contains(inode.ino()) || mustBeOrphan != inode.view().has(InodePage.ORPHAN)) {
            found(inode.ino(), mustBeOrphan ? "cannot be reached" : "is listed as an orphan but is none");
        }
    }

    private void checkContent(final Inode inode, final Pages pages, final long data) {
        final InodePage page = inode.view();
        final long ino = inode.ino();
        final long holes = inode.isMapped() ? new HoleMap(inode).countBitmapPages() : 0;
        final long nodes = inode.isDirectory() ? new DirectoryTree(inode).countNodes() : 0;
        if (page.pages() != data + nodes) {
            found(ino, "has " + (data + nodes) + " pages of content but counts " + page.pages());
        }
        requireCount(ino, "data pages in its map", data, pages.data);
        requireCount(ino, "bitmap pages in its map", holes, pages.holes);
        requireCount(ino, "nodes in its tree", nodes, pages.directory);
        if (!inode.isDirectory() && !new FileContent(inode).isZeroBeyondEnd()) {
            found(ino, "has bytes other than zero beyond its end");
        }
    }

    private void requireCount(final long ino, final String what, final long known, final long existing) {
        if (known != existing) {
            found(ino, "has " + known + " " + what + ", but there are " + existing);
        }
    }

    private Links links(final long ino) {
        Links links = linksByInode.get(ino);
        if (links == null) {
            links = new Links();
            linksByInode.put(ino, links);
        }
        return links;
    }

    private static Inode require(final PageTransaction tx, final long ino) {
        final Inode inode = Inode.load(tx, ino);
        if (inode == null) {
            throw new DamagedPageException(PageKind.INODE.segment(ino), 0, "does not exist");
        }
        return inode;
    }

    /** @return the examination's result; null if a damaged page ended it, which is a finding */
    private <R> R examine(final long ino, final Operation<R> examination) {
        try {
            return space.execute(examination);
        } catch (final DamagedPageException | EngineException e) {
            found(ino, e.getMessage());
            return null;
        }
    }

    private void found(final long ino, final String detail) {
                if (findings.size() < MAX_FINDINGS) {
            findings.add("inode " + ino + ": " + detail);
        }
    }

    private static String printable(final byte[] name) {
        final StringBuilder text = new StringBuilder("\"");
        for (final byte b : name) {
            if (b >= ' ' && b < 127 && b != '"' && b != '\\') {
                text.append((char) b);
            } else {
                text.append(String.format("\\x%02x", b));
            }
        }
        return text.append('"').toString();
    }
}
