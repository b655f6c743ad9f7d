package org.dsmfs.layout.page;

import org.dsmfs.engine.Segment;

/**
 * The kinds of segments that the layout uses. A segment's number is the inode's where nothing else is said. Codes are
 * frozen.
 */
public enum PageKind {
    /** Page 0: the inode, with what is small of its content ({@link InodePage}). */
    INODE(0x01),
    /** Nodes of a directory's tree, from page 1 ({@link DirectoryLeaf}, {@link DirectoryBranch}). */
    DIRECTORY(0x02),
    /** File data, byte o of the file at offset o; page 0 also holds a long symbolic link's target. */
    DATA(Segment.LARGE_PAGES | 0x03),
    /** Bitmaps of present data pages, for files too big for the one in the inode. */
    HOLES(0x04),
    /** Extended attributes that do not fit in the inode ({@link XattrPage}). */
    XATTR(0x05),
    /** Advisory locks ({@link LockPage}). */
    LOCK(Segment.VOLATILE | 0x06),
    /** What processes wait for ({@link WaitPage}). The segment's number is the node's. */
    WAIT(Segment.VOLATILE | 0x07);

    private final int code;

    PageKind(final int code) {
        this.code = code;
    }

    /** @return the segment's kind, {@link Segment#kind} */
    public int code() {
        return code;
    }

    /** @return the segment of this kind that belongs to the inode, or whatever the number is of */
    public long segment(final long number) {
        return Segment.of(code, number);
    }
}
