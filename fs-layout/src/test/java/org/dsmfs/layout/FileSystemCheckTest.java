package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;
import org.junit.jupiter.api.Test;

/** The check must be able to fail: each kind of damage is found. And damage never gets worse than an error. */
class FileSystemCheckTest {
    private Fixture fixture;
    private long directory;
    private long file;
    private long big;

    @Test
    void findsEachKindOfDamage() {
        finds("link count", () -> edit(file, page -> page.nlink(5)));
        finds("link count", () -> edit(directory, page -> page.nlink(7)));
        finds("another type", () -> edit(file, page -> page.mode(FileType.SYMLINK | 0777)));
        finds("has parent", () -> edit(directory, page -> page.parent(file)));
        finds("counts", () -> edit(directory, page -> page.entries(3)));
        finds("pages of content", () -> edit(big, page -> page.pages(3)));
        finds("does not exist", () -> fixture.space.drop(PageKind.INODE.segment(file), 0));
        finds("in the map but does not exist", () -> fixture.space.drop(PageKind.DATA.segment(big), 1));
        finds("data pages in its map", () -> fixture.space.add(PageKind.DATA.segment(big), 9));
        finds("bitmap pages", () -> fixture.space.add(PageKind.HOLES.segment(big), 9));
        finds("nodes in its tree", () -> fixture.space.add(PageKind.DIRECTORY.segment(file), 9));
        finds("extended attributes", () -> fixture.space.add(PageKind.XATTR.segment(file), 64));
        finds("no inode", () -> fixture.space.add(PageKind.DATA.segment(5000), 0));
        finds("beyond its end", () -> edit(big, page -> page.size(10)));
        finds("beyond its end", () -> edit(file, page -> page.size(2)));
        finds("no data pages", () -> edit(file, page -> page.size(4000)));
        finds("flags", () -> edit(directory, page -> page.flag(InodePage.MAPPED, true)));
        finds("cannot be reached", () -> fixture.space.execute(tx -> {
            new DirectoryTree(Inode.load(tx, directory)).remove(bytes("file"));
            return null;
        }));
        finds("listed as an orphan", () -> fixture.space.execute(tx -> {
            new DirectoryTree(Inode.load(tx, Orphans.INO)).insert(Orphans.name(file), file, FileType.REGULAR);
            return null;
        }));
        finds("not found by a lookup", () -> fixture.space.execute(tx -> {
            new DirectoryTree(Inode.load(tx, directory)).insert(bytes("file"), big, FileType.REGULAR);
            return null;
        }));
        finds("not found by a lookup", () -> edit(directory, page -> page.seed(1)));
        finds("format version", () -> fixture.space.page(PageKind.INODE.segment(file), 0)[4]++);
        finds("directory of orphans is missing", () -> fixture.space.drop(PageKind.INODE.segment(Orphans.INO), 0));
    }

    @Test
    void aSpaceOfAnotherVersionIsRefused() {
        make();
        fixture.space.page(PageKind.INODE.segment(FileSystem.ROOT), 0)[4]++;
        final LayoutException e = assertThrows(LayoutException.class,
            () -> DsmFileSystem.open(fixture.space, () -> 0, AtimePolicy.RELATIME, Caller.ROOT));
        assertTrue(e.getMessage().contains("format version 2"), e.getMessage());
    }

    @Test
    void randomBytesInAPageAreAnErrorAtWorst() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int round = 0; round < 1000; round++) {
            make();
            final byte[] page = fixture.space.page(randomSegment(random), random.nextInt(2));
            if (page == null) {
                continue;
            }
            for (int i = random.nextInt(4); i >= 0; i--) {
                page[random.nextInt(random.nextBoolean() ? 400 : page.length)] = (byte) random.nextInt(256);
            }
            try {
                exercise();
                FileSystemCheck.check(fixture.space);
            } catch (final RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    private long randomSegment(final Random random) {
        final long[] inodes = {FileSystem.ROOT, Orphans.INO, directory, file, big};
        final PageKind[] kinds = {PageKind.INODE, PageKind.INODE, PageKind.DIRECTORY, PageKind.HOLES, PageKind.XATTR};
        return kinds[random.nextInt(kinds.length)].segment(inodes[random.nextInt(inodes.length)]);
    }

    private void exercise() {
        final List<Runnable> operations = List.of(
            () -> fixture.list(directory),
            () -> fixture.list(FileSystem.ROOT),
            () -> fixture.file(directory, "new"),
            () -> fixture.fs.lookup(directory, bytes("entry 77"), fixture.out),
            () -> fixture.read(big, 0, 10_000),
            () -> fixture.write(big, 5000, new byte[10_000]),
            () -> fixture.fs.seek(big, 0, true),
            () -> fixture.fs.getXattr(file, bytes("user.long")),
            () -> fixture.fs.listXattr(file),
            () -> fixture.fs.setXattr(Caller.ROOT, file, bytes("user.new"), new byte[10], 0),
            () -> fixture.fs.rename(Caller.ROOT, FileSystem.ROOT, bytes("big"), directory, bytes("moved"), 0),
            () -> fixture.truncate(big, 1),
            () -> fixture.fs.unlink(Caller.ROOT, directory, bytes("entry 5")),
            () -> fixture.fs.unlink(Caller.ROOT, directory, bytes("file")),
            () -> fixture.crash());
        for (final Runnable operation : operations) {
            try {
                operation.run();
            } catch (final ErrnoException | LayoutException e) {
                assertTrue(e.getMessage() != null);
            }
        }
    }

    private void finds(final String words, final Runnable damage) {
        make();
        fixture.assertClean();
        damage.run();
        final List<String> findings = FileSystemCheck.check(fixture.space);
        assertTrue(findings.stream().anyMatch(finding -> finding.contains(words)), words + ": " + findings);
    }

    private void make() {
        fixture = new Fixture();
        directory = fixture.directory("d");
        file = fixture.file(directory, "file");
        fixture.write(file, 0, bytes("small"));
        fixture.fs.setXattr(Caller.ROOT, file, bytes("user.short"), bytes("s"), 0);
        fixture.fs.setXattr(Caller.ROOT, file, bytes("user.long"), new byte[9000], 0);
        big = fixture.file("big");
        fixture.write(big, 0, "x".repeat(10_000).getBytes());
        fixture.write(big, 1L << 40, bytes("far"));
        fixture.truncate(big, 10_000);
        fixture.write(big, 1L << 40, bytes("far"));
        for (int i = 0; i < 150; i++) {
            fixture.fs.link(Caller.ROOT, big, directory, bytes("entry " + i), fixture.out);
        }
        assertEquals(151, fixture.out.nlink);
    }

    private void edit(final long ino, final Consumer<InodePage> change) {
        final InodePage page = new InodePage();
        page.wrapForEdit(new UnsafeBuffer(fixture.space.page(PageKind.INODE.segment(ino), 0)));
        change.accept(page);
    }
}
