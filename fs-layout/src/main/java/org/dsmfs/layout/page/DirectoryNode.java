package org.dsmfs.layout.page;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What all nodes of a directory's tree start with: magic, version, level (0 for a leaf), and how many entries follow.
 * A node is a region of a page: the root lies in the inode's body, others fill a page of their own.
 */
public abstract class DirectoryNode {
    /** Bytes before a node's entries. */
    public static final int HEADER_LENGTH = 16;
    /** More levels than a tree can have; what claims more is damaged. */
    public static final int MAX_LEVEL = 15;

    private static final short MAGIC = 0x4e44;
    private static final int MAGIC_OFFSET = 0;
    private static final int VERSION_OFFSET = 2;
    private static final int LEVEL_OFFSET = 3;
    private static final int COUNT_OFFSET = 4;

    final DirectBuffer buffer;
    final MutableDirectBuffer editable;
    final int base;
    final int length;
    private final long segment;
    private final long page;

    DirectoryNode(final Region region) {
        this.buffer = region.buffer();
        this.editable = region.editable();
        this.base = region.base();
        this.length = region.length();
        this.segment = region.segment();
        this.page = region.page();
    }

    /**
     * Where a node lies.
     *
     * @param buffer   holds the page
     * @param editable the same if it may be changed, else null
     * @param base     offset of the node in the page
     * @param length   bytes of the node
     * @param segment  address of the page, for error messages
     * @param page     likewise
     */
    public record Region(DirectBuffer buffer, MutableDirectBuffer editable, int base, int length, long segment,
                         long page) {
        /**
         * @return the level of the node here
         * @throws DamagedPageException if there is none
         */
        public int level() {
            if (buffer.getShort(base + MAGIC_OFFSET, LITTLE_ENDIAN) != MAGIC
                || buffer.getByte(base + VERSION_OFFSET) != InodePage.FORMAT_VERSION
                || (buffer.getByte(base + LEVEL_OFFSET) & 0xff) > MAX_LEVEL) {
                throw new DamagedPageException(segment, page, "is not a directory node");
            }
            return buffer.getByte(base + LEVEL_OFFSET);
        }

        void initialise(final int level, final int count) {
            editable.setMemory(base, HEADER_LENGTH, (byte) 0);
            editable.putShort(base + MAGIC_OFFSET, MAGIC, LITTLE_ENDIAN);
            editable.putByte(base + VERSION_OFFSET, (byte) InodePage.FORMAT_VERSION);
            editable.putByte(base + LEVEL_OFFSET, (byte) level);
            editable.putShort(base + COUNT_OFFSET, (short) count, LITTLE_ENDIAN);
        }
    }

    /** @return entries in the node, dead ones not counted */
    public final int count() {
        return buffer.getShort(base + COUNT_OFFSET, LITTLE_ENDIAN) & 0xffff;
    }

    final void count(final int count) {
        editable.putShort(base + COUNT_OFFSET, (short) count, LITTLE_ENDIAN);
    }

    final DamagedPageException damaged(final String detail) {
        return new DamagedPageException(segment, page, detail);
    }
}
