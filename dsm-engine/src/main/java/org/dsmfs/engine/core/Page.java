package org.dsmfs.engine.core;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;

/**
 * A page in the <em>local RAM cache</em> with the attributes of EP 0 844 559, fig. 4: <em>version tag</em>,
 * <em>dirty bit</em> and, by its segment's kind, <em>volatile bit</em>.
 */
final class Page extends AddressTable.Entry {
    /** {@link #recoveryLsn} of a page that is not dirty. */
    static final long NOT_DIRTY = Long.MAX_VALUE;

    /** What a page in RAM is to this node. */
    enum Origin {
        /** This node owns it, and its store has the page, or will by its log. */
        OWN,
        /** This node owns it, but what is here came from another node and is not in the log yet. */
        UNLOGGED,
        /** A copy to read of another node's page. */
        COPY
    }

    final int size;
    private PageMemory memory;
    final UnsafeBuffer buffer;

    /** Version tag: stamp of the last transaction that changed the page, 1.. */
    long version;
    /** Where the log has to be read from to make the page again from its copy on disk; changed by DirtyPages only. */
    long recoveryLsn = NOT_DIRTY;
    /** The copy on disk is complete once the log is written up to here. */
    long writtenWithLsn;
    /** A copy of it is being written. */
    boolean copying;
    /** Used since the clock's hand last passed. */
    boolean referenced;
    /** What it is to this node. */
    Origin origin = Origin.OWN;
    /** Whether operations may read, and change it; false while other nodes stand in the way. */
    boolean readable = true;
    boolean writable = true;
    /** Neighbours in DirtyPages, which alone changes them. */
    Page olderDirty;
    Page newerDirty;
    /** Place in the clock of RamCache, which alone changes it. */
    int clockPosition;

    /** A page over memory that it takes over. */
    Page(final long segment, final long page, final PageMemory memory, final long version) {
        this.segment = segment;
        this.page = page;
        this.memory = memory;
        this.size = memory.bytes;
        this.version = version;
        this.buffer = new UnsafeBuffer(memory.address, size);
    }

    PageMemory memory() {
        return memory;
    }

    /** The content is going to change where it is: what a batch of log writes stays as it was. */
    void prepareChange() {
        if (memory.isShared()) {
            final PageMemory copy = memory.another();
            UnsafeApi.copyMemory(memory.address, copy.address, size);
            replace(copy);
        }
    }

    /** Takes over the content of another page, which is not to be used any more. */
    void takeContent(final Page other) {
        replace(other.memory);
    }

    private void replace(final PageMemory newMemory) {
        memory.release();
        memory = newMemory;
        buffer.wrap(newMemory.address, size);
    }

    /** Dirty bit: RAM is newer than the copy on disk, or there is none. */
    boolean isDirty() {
        return recoveryLsn != NOT_DIRTY;
    }

    boolean isVolatile() {
        return Segment.isVolatile(segment);
    }

    /** Lets go of the memory; the page must not be used any more. */
    void free() {
        memory.release();
    }
}
