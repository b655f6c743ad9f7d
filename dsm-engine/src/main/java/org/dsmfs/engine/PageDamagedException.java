package org.dsmfs.engine;

/** The only copy of a page does not match its checksum; EIO. */
public final class PageDamagedException extends EngineException {
    /** @param detail what did not match, and where on disk */
    public PageDamagedException(final long segment, final long page, final String detail) {
        super("page " + Segment.describe(segment, page) + " is damaged on disk: " + detail);
    }
}
