package org.dsmfs.layout;

import java.util.Arrays;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;
import org.dsmfs.layout.page.XattrArea;
import org.dsmfs.layout.page.XattrPage;

/** The extended attributes of an inode as plain names and values: small ones in the inode, others in slots of pages. */
final class Xattrs {
    private static final int NONE = -1;

    private final PageTransaction tx;
    private final Inode inode;
    private final long segment;

    Xattrs(final Inode inode) {
        this.tx = inode.tx();
        this.inode = inode;
        this.segment = PageKind.XATTR.segment(inode.ino());
    }

    /** @return a copy of the value; null if there is no such attribute */
    byte[] get(final byte[] name) {
        final int record = findRecord(name);
        if (record != NONE) {
            return XattrArea.value(inode.view(), record);
        }
        final int slot = findSlot(name);
        return slot == NONE ? null : slotValue(slot);
    }

    /**
     * Sets an attribute, whether there was one of the name or not.
     *
     * @throws ErrnoException ENOSPC if the inode has too many
     */
    void set(final byte[] name, final byte[] value) {
        remove(name);
        if (value.length <= InodePage.XATTR_LENGTH && XattrArea.hasRoom(inode.view(), name.length, value.length)) {
            inode.edit();
            XattrArea.append(inode.view(), name, value);
        } else {
            writeSlot(freeSlot(), name, value);
        }
    }

    /** @return whether there was such an attribute */
    boolean remove(final byte[] name) {
        final int record = findRecord(name);
        if (record != NONE) {
            inode.edit();
            XattrArea.remove(inode.view(), record);
            return true;
        }
        final int slot = findSlot(name);
        if (slot != NONE) {
            clearSlot(slot);
            return true;
        }
        return false;
    }

    /** Visits all names. */
    void forEachName(final Consumer<byte[]> visitor) {
        final InodePage page = inode.view();
        for (int record = 0; record < page.xattrBytes(); record += XattrArea.length(page, record)) {
            requireRecord(record);
            visitor.accept(XattrArea.name(page, record));
        }
        for (int slot = nextSlot(0); slot != NONE; slot = nextSlot(slot + 1)) {
            visitor.accept(XattrPage.name(firstPage(slot)));
        }
    }

    /** Frees the pages of all attributes; for an inode that is about to be freed. */
    void freePages() {
        for (int slot = nextSlot(0); slot != NONE; slot = nextSlot(slot + 1)) {
            clearSlot(slot);
        }
    }

    /**
     * @return pages in use
     * @throws DamagedPageException if one is missing
     */
    long countPages() {
        long count = 0;
        for (int slot = nextSlot(0); slot != NONE; slot = nextSlot(slot + 1)) {
            slotValue(slot);
            count += pageCount(firstPage(slot));
        }
        return count;
    }

    private int findRecord(final byte[] name) {
        final InodePage page = inode.view();
        for (int record = 0; record < page.xattrBytes(); record += XattrArea.length(page, record)) {
            requireRecord(record);
            if (Arrays.equals(XattrArea.name(page, record), name)) {
                return record;
            }
        }
        return NONE;
    }

    private void requireRecord(final int record) {
        if (!XattrArea.isRecord(inode.view(), record)) {
            throw inode.damaged("extended attribute at " + record + " reaches beyond the end");
        }
    }

    private int findSlot(final byte[] name) {
        for (int slot = nextSlot(0); slot != NONE; slot = nextSlot(slot + 1)) {
            if (Arrays.equals(XattrPage.name(firstPage(slot)), name)) {
                return slot;
            }
        }
        return NONE;
    }

    private int nextSlot(final int from) {
        final int slot = inode.view().nextXattrSlot(from);
        return slot < InodePage.XATTR_SLOTS ? slot : NONE;
    }

    private int freeSlot() {
        for (int slot = 0; slot < InodePage.XATTR_SLOTS; slot++) {
            if (!inode.view().xattrSlot(slot)) {
                return slot;
            }
        }
        throw Errno.ENOSPC.exception();
    }

    private DirectBuffer firstPage(final int slot) {
        final DirectBuffer first = tx.read(segment, XattrPage.firstPage(slot));
        if (first == null || !XattrPage.isValid(first)) {
            throw new DamagedPageException(segment, XattrPage.firstPage(slot), "extended attribute is damaged");
        }
        return first;
    }

    private static int pageCount(final DirectBuffer first) {
        return XattrPage.pageCount(XattrPage.nameLength(first), XattrPage.valueLength(first));
    }

    private byte[] slotValue(final int slot) {
        final DirectBuffer first = firstPage(slot);
        final byte[] value = new byte[XattrPage.valueLength(first)];
        final long firstPage = XattrPage.firstPage(slot);
        tx.want(segment, firstPage, pageCount(first));
        int inPage = XattrPage.valueOffset(XattrPage.nameLength(first));
        int done = 0;
        for (int i = 0; done < value.length; i++) {
            final DirectBuffer page = tx.read(segment, firstPage + i);
            if (page == null) {
                throw new DamagedPageException(segment, firstPage + i, "part of an extended attribute is missing");
            }
            final int piece = Math.min(Segment.SMALL_PAGE_SIZE - inPage, value.length - done);
            page.getBytes(inPage, value, done, piece);
            done += piece;
            inPage = 0;
        }
        return value;
    }

    private void writeSlot(final int slot, final byte[] name, final byte[] value) {
        final long firstPage = XattrPage.firstPage(slot);
        XattrPage.initialise(tx.write(segment, firstPage), name, value.length);
        int inPage = XattrPage.valueOffset(name.length);
        int done = 0;
        for (int i = 0; done < value.length; i++) {
            final int piece = Math.min(Segment.SMALL_PAGE_SIZE - inPage, value.length - done);
            tx.write(segment, firstPage + i).putBytes(inPage, value, done, piece);
            done += piece;
            inPage = 0;
        }
        inode.edit().xattrSlot(slot, true);
    }

    private void clearSlot(final int slot) {
        final int count = pageCount(firstPage(slot));
        for (int i = 0; i < count; i++) {
            tx.free(segment, XattrPage.firstPage(slot) + i);
        }
        inode.edit().xattrSlot(slot, false);
    }
}
