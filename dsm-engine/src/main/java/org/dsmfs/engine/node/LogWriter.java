package org.dsmfs.engine.node;

import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.LogBatch;
import org.dsmfs.engine.store.MemoryParts;
import org.dsmfs.engine.store.Slab;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/** Writes the log to the disk, batch by batch; one sync serves all that wait for it (group commit). */
final class LogWriter {
    /** Pages written in one call. */
    private static final int MAX_PARTS = 128;

    private final Core core;
    private final Lock coreLock;
    private final Store store;
    private final ReentrantLock writing = new ReentrantLock();
    private final MemoryParts contents = new MemoryParts(MAX_PARTS);
    private boolean slotsUnsynced;
    private long writtenLsn;
    private volatile long durableLsn;
    /** Version of the last record that was written. */
    private long writtenVersion;
    private long durableVersion;
    private LongConsumer onDurable = version -> { };

    LogWriter(final Core core, final Lock coreLock, final Store store, final long endLsn) {
        this.core = core;
        this.coreLock = coreLock;
        this.store = store;
        this.writtenLsn = endLsn;
        this.durableLsn = endLsn;
    }

    /** @param listener told, under the core's lock, up to which version the log is durable */
    void onDurable(final LongConsumer listener) {
        onDurable = listener;
    }

    long durableLsn() {
        return durableLsn;
    }

    /** Writes what there is; it survives the process, not the machine. */
    void write() {
        writing.lock();
        try {
            writeBatch(false);
        } finally {
            writing.unlock();
        }
    }

    /** Returns when the log up to the LSN is durable. */
    void sync(final long upToLsn) {
        if (durableLsn >= upToLsn) {
            return;
        }
        writing.lock();
        try {
            if (durableLsn < upToLsn) {
                writeBatch(true);
                store.journal.sync();
                durableLsn = writtenLsn;
                if (writtenVersion > durableVersion) {
                    durableVersion = writtenVersion;
                    tellDurable();
                }
            }
        } finally {
            writing.unlock();
        }
    }

    /** Lets the core free its memory, of which nothing is being written then. */
    void freeCore() {
        writing.lock();
        coreLock.lock();
        try {
            core.free();
        } finally {
            coreLock.unlock();
            writing.unlock();
        }
    }

    private void tellDurable() {
        coreLock.lock();
        try {
            onDurable.accept(durableVersion);
        } finally {
            coreLock.unlock();
        }
    }

    private void writeBatch(final boolean syncSlots) {
        final LogBatch batch;
        coreLock.lock();
        try {
            batch = core.log().takeBatch(durableLsn);
        } finally {
            coreLock.unlock();
        }
        if (batch != null && batch.slotWriteCount() > 0) {
            writeSlots(batch);
            slotsUnsynced = true;
        }
        // Contents first: a durable record must not name a slot whose content can still get lost.
        if (syncSlots && slotsUnsynced) {
            store.large.syncPages();
            slotsUnsynced = false;
        }
        if (batch != null) {
            store.journal.write(batch.startLsn(), batch.recordAddress(), batch.recordLength());
            writtenLsn = batch.endLsn();
            writtenVersion = batch.lastVersion();
            coreLock.lock();
            try {
                core.batchWritten(batch);
            } finally {
                coreLock.unlock();
            }
        }
    }

    /** Neighbouring slots with whole pages go in one write. */
    private void writeSlots(final LogBatch batch) {
        int first = 0;
        while (first < batch.slotWriteCount()) {
            final Slab slab = store.slab(batch.slotWrite(first).large());
            int last = first;
            contents.clear();
            contents.add(batch.slotWrite(first).address(), batch.slotWrite(first).length());
            while (last + 1 < batch.slotWriteCount() && batch.slotWrite(last).length() == slab.pageSize()
                && batch.slotWrite(last + 1).slot() == batch.slotWrite(last).slot() + 1 && !contents.isFull()) {
                last++;
                contents.add(batch.slotWrite(last).address(), batch.slotWrite(last).length());
            }
            slab.write(batch.slotWrite(first).slot(), contents);
            first = last + 1;
        }
    }
}
