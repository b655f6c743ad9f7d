package org.dsmfs.layout.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.junit.jupiter.api.Test;

/** Formats are promises to stores that exist: these bytes must not change without a new format version. */
class FormatsTest {
    private final UnsafeBuffer page = new UnsafeBuffer(new byte[Segment.SMALL_PAGE_SIZE]);

    @Test
    void inode() {
        final InodePage inode = new InodePage();
        inode.wrapForEdit(page);
        inode.initialise(0x1122);
        inode.flag(InodePage.MAPPED, true);
        inode.flag(InodePage.ORPHAN, true);
        inode.mode(0100644);
        inode.nlink(3);
        inode.uid(0x55);
        inode.gid(0x66);
        inode.rdev(0x103);
        inode.size(0x123456789L);
        inode.pages(0x77);
        inode.atime(1, 2);
        inode.mtime(3, 4);
        inode.ctime(5, 6);
        inode.btime(-1, 8);
        inode.trimFromPage(0x99);
        inode.parent(0xaa);
        inode.seed(0xbb);
        inode.entries(0xcc);
        inode.nextNode(0xdd);
        inode.xattrSlot(9, true);
        assertBytes(0, ""
            + "44534d49 0100 0900 2211000000000000 a4810000 03000000"
            + "55000000 66000000 03010000 0000 0000 8967452301000000 7700000000000000"
            + "0100000000000000 02000000 00000000 0300000000000000 04000000 00000000"
            + "0500000000000000 06000000 00000000 ffffffffffffffff 08000000 00000000"
            + "9900000000000000 aa00000000000000 bb00000000000000 cc00000000000000 dd00000000000000"
            + "0002000000000000");
    }

    @Test
    void smallExtendedAttribute() {
        final InodePage inode = new InodePage();
        inode.wrapForEdit(page);
        XattrArea.append(inode, bytes("user.a"), bytes("xyz"));
        assertBytes(36, "0d00");
        assertBytes(3072, "06 00 0300 757365722e61 78797a 00");
    }

    @Test
    void longExtendedAttribute() {
        XattrPage.initialise(page, bytes("user.a"), 5000);
        assertBytes(0, "4158 01 06 88130000 757365722e61 00");
        assertEquals(64, XattrPage.firstPage(2));
    }

    @Test
    void directoryLeaf() {
        final DirectoryNode.Region region = new DirectoryNode.Region(page, page, 256, 2816, 0, 0);
        final DirectoryLeaf leaf = DirectoryLeaf.create(region);
        leaf.append(0x1230, 0x44, 0100000, bytes("ab"));
        leaf.append(0x4560, 0x55, 0040000, bytes("c"));
        leaf.remove(leaf.first());
        assertBytes(256, ""
            + "444e 01 00 0100 3700 1400 000000000000"
            + "0000000000000000 4400000000000000 08 02 6162"
            + "6045000000000000 5500000000000000 04 01 63 00");
    }

    @Test
    void directoryBranch() {
        final DirectoryNode.Region region = new DirectoryNode.Region(page, page, 0, 4096, 0, 0);
        DirectoryBranch.create(region, 1, 16, 7).insert(1, 0x1000, 8);
        assertBytes(0, ""
            + "444e 01 01 0200 0000 0000 000000000000"
            + "1000000000000000 0700000000000000 0010000000000000 0800000000000000 00");
    }

    @Test
    void lock() {
        LockPage.initialise(page, 1);
        LockPage.summary(page, 7, 0x99, true);
        LockPage.owner(page, 0, 0x11, 0x3ff, 0x55, 0x44);
        LockPage.range(page, 0, 0x22, 0x33, 1, 1);
        assertBytes(0, "44534c4b 0100 0100 07000000 01000000 9900000000000000" + "00".repeat(8)
            + "1100000000000000 2200000000000000 3300000000000000 44000000 55000000 ff03 01 01 00000000");
        assertEquals(0x3ff, LockPage.node(page, 0));
    }

    @Test
    void waits() {
        WaitPage.initialise(page, 1, 0x55);
        WaitPage.entry(page, 0, 0x11, 0x66, 0x22, 0x33, 1);
        assertBytes(0, "44535754 0100 0100 55000000 00000000"
            + "1100000000000000 6600000000000000 2200000000000000 3300000000000000 01 00000000000000");
    }

    @Test
    void kinds() {
        assertEquals(0x01, PageKind.INODE.code());
        assertEquals(0x02, PageKind.DIRECTORY.code());
        assertEquals(0x83, PageKind.DATA.code());
        assertEquals(0x04, PageKind.HOLES.code());
        assertEquals(0x05, PageKind.XATTR.code());
        assertEquals(0x46, PageKind.LOCK.code());
        assertEquals(0x47, PageKind.WAIT.code());
    }

    @Test
    void bitmapFindsWhatItWasTold() {
        for (final int bit : new int[] {0, 1, 63, 64, 200, 255}) {
            page.setMemory(0, 64, (byte) 0);
            Bitmap.set(page, 8, bit);
            assertEquals(bit, Bitmap.nextSet(page, 8, 256, 0));
            assertEquals(bit, Bitmap.nextSet(page, 8, 256, bit));
            assertEquals(256, Bitmap.nextSet(page, 8, 256, bit + 1));
            assertEquals(bit == 0 ? 1 : 0, Bitmap.nextClear(page, 8, 256, 0));
            assertEquals(bit + 1, Bitmap.nextClear(page, 8, 256, bit));
            Bitmap.clear(page, 8, bit);
            assertEquals(256, Bitmap.nextSet(page, 8, 256, 0));
        }
    }

    private void assertBytes(final int offset, final String expected) {
        final String digits = expected.replace(" ", "");
        final byte[] actual = new byte[digits.length() / 2];
        page.getBytes(offset, actual);
        assertEquals(digits, HexFormat.of().formatHex(actual));
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
