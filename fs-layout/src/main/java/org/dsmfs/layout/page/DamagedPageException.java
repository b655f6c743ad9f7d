package org.dsmfs.layout.page;

import org.dsmfs.engine.Segment;

/** A page holds bytes that the layout never writes, or refers to a page that does not exist; EIO. */
public final class DamagedPageException extends RuntimeException {
    /** @param detail what is wrong with the page */
    public DamagedPageException(final long segment, final long page, final String detail) {
        super("page " + Segment.describe(segment, page) + " of inode " + Segment.number(segment) + ": " + detail);
    }
}
