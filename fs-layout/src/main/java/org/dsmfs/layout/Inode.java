package org.dsmfs.layout;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.layout.page.DamagedPageException;
import org.dsmfs.layout.page.InodePage;
import org.dsmfs.layout.page.PageKind;

/** An inode within one run of an operation: its page, which becomes a private copy when first edited. */
final class Inode {
    private final PageTransaction tx;
    private final long ino;
    private final InodePage page = new InodePage();

    private Inode(final PageTransaction tx, final long ino) {
        this.tx = tx;
        this.ino = ino;
    }

    /**
     * @return the inode; null if there is none of this number
     * @throws DamagedPageException if the page does not hold that inode
     */
    static Inode load(final PageTransaction tx, final long ino) {
        final long segment = PageKind.INODE.segment(ino);
        final DirectBuffer buffer = tx.read(segment, 0);
        if (buffer == null) {
            return null;
        }
        final Inode inode = new Inode(tx, ino);
        inode.page.wrap(buffer);
        final String damage = inode.page.damage(ino);
        if (damage != null) {
            throw inode.damaged(damage);
        }
        inode.requireConsistent();
        return inode;
    }

    /** Makes an inode where none is. */
    static Inode create(final PageTransaction tx, final long ino) {
        final Inode inode = new Inode(tx, ino);
        inode.edit().initialise(ino);
        return inode;
    }

    PageTransaction tx() {
        return tx;
    }

    long ino() {
        return ino;
    }

    /** @return the page to look at; shows edits */
    InodePage view() {
        return page;
    }

    /** @return the page to change */
    InodePage edit() {
        if (page.editable() == null) {
            page.wrapForEdit(tx.write(PageKind.INODE.segment(ino), 0));
        }
        return page;
    }

    boolean isDirectory() {
        return FileType.isDirectory(page.mode());
    }

    boolean isRegular() {
        return FileType.isRegular(page.mode());
    }

    boolean isSymlink() {
        return FileType.isSymlink(page.mode());
    }

    boolean isMapped() {
        return page.has(InodePage.MAPPED);
    }

    /** Frees the inode's page; the object is not to be used any more. */
    void free() {
        tx.free(PageKind.INODE.segment(ino), 0);
    }

    /** @return the error for bytes of this inode's page that make no sense */
    DamagedPageException damaged(final String detail) {
        return new DamagedPageException(PageKind.INODE.segment(ino), 0, detail);
    }

    /** Type, flags and size decide what the body is taken for, so they must not contradict each other. */
    private void requireConsistent() {
        final boolean hasContent = isRegular() || isSymlink();
        if (!FileType.isKnown(page.mode())) {
            throw damaged("has an unknown type");
        }
        if (isMapped() && !hasContent || page.has(InodePage.TRIM_PENDING) && !isMapped()) {
            throw damaged("has flags that contradict its type");
        }
        if (!isMapped() && page.size() > (hasContent ? InodePage.BODY_LENGTH : 0)) {
            throw damaged("is bigger than its inode but has no data pages");
        }
    }
}
