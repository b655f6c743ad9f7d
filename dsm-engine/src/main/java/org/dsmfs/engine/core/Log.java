package org.dsmfs.engine.core;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.journal.RecordFormat;

/**
 * The log of this node's operations: where it begins and ends, the batch that its end is collected in, and the versions
 * that its records give to pages.
 */
public final class Log {
    /** Log that is collected before it must be written. */
    private static final int MAX_BATCH_BYTES = 8 << 20;
    private static final long NOT_RECOVERING = Long.MAX_VALUE;

    private final long journalBytes;
    private final int incarnation;
    private LogBatch filling;
    private LogBatch spare;
    /** Taken to be written; null if there is none. */
    private LogBatch writing;
    /** Log before this is not needed any more. Invariant: headLsn <= writtenLsn <= endLsn(). */
    private long headLsn;
    private long writtenLsn;
    /** Behind the last record that says up to where the log is durable. */
    private long markedLsn;
    /** Log from here on has not been repeated yet; {@link #NOT_RECOVERING} if all is. */
    private long recoveringLsn = NOT_RECOVERING;
    private long version;
    private long loggedVersion;

    /**
     * @param journalBytes log that the journal can hold
     * @param incarnation  starts of this node so far, 1..
     * @param version      newest version that any page may have
     */
    Log(final long journalBytes, final int incarnation, final long version) {
        this.journalBytes = journalBytes;
        this.incarnation = incarnation;
        this.version = version;
        this.loggedVersion = version;
        final int batchBytes = (int) Math.min(MAX_BATCH_BYTES, journalBytes / 4);
        this.filling = new LogBatch(batchBytes);
        this.spare = new LogBatch(batchBytes);
    }

    // --- recovery ------------------------------------------------------------------------------------------------

    /**
     * The log is found, and goes on at its end.
     *
     * @param redoLsn where it begins; from there on it is going to be repeated
     * @param lsn     where it ends
     */
    public void start(final long redoLsn, final long lsn) {
        headLsn = redoLsn;
        writtenLsn = lsn;
        markedLsn = lsn;
        recoveringLsn = lsn;
        filling.reset(lsn);
    }

    /** The log has been repeated up to here. */
    public void repeatedUpTo(final long lsn) {
        recoveringLsn = lsn;
    }

    /** The whole log has been repeated. */
    public void recovered() {
        recoveringLsn = NOT_RECOVERING;
        loggedVersion = version;
    }

    // --- extent --------------------------------------------------------------------------------------------------

    /** @return LSN behind the last record */
    public long endLsn() {
        return filling.endLsn();
    }

    /** @return LSN up to which pages are as the log says */
    long appliedLsn() {
        return Math.min(endLsn(), recoveringLsn);
    }

    long writtenLsn() {
        return writtenLsn;
    }

    /** @return bytes of log since the last checkpoint's redo point */
    public long bytes() {
        return endLsn() - headLsn;
    }

    /** Log before the LSN is not needed any more. */
    void dropBefore(final long lsn) {
        headLsn = lsn;
    }

    // --- versions ------------------------------------------------------------------------------------------------

    /** @return starts of this node so far, this one included */
    public int incarnation() {
        return incarnation;
    }

    /** @return newest page version */
    public long version() {
        return version;
    }

    long nextVersion() {
        return version + 1;
    }

    /** @return version of the last operation in the log */
    long loggedVersion() {
        return loggedVersion;
    }

    /** A page has this version: later ones will be above. */
    void seen(final long pageVersion) {
        version = Math.max(version, pageVersion);
    }

    // --- records -------------------------------------------------------------------------------------------------

    /** @return what the next record is to be added to */
    LogBatch filling() {
        return filling;
    }

    /** Ends an operation's record. */
    void endOperation(final long operationVersion) {
        end(RecordFormat.OPERATION, operationVersion);
        loggedVersion = operationVersion;
    }

    /**
     * Ends an operation's record that gives pages a version from before; who waits for the log knows it by a new one.
     */
    void endOlderOperation(final long operationVersion) {
        end(RecordFormat.OPERATION, operationVersion);
        version = nextVersion();
        loggedVersion = version;
        filling.lastVersion(version);
    }

    /** Ends a checkpoint's record. */
    void endCheckpoint(final short type) {
        end(type, version);
    }

    private void end(final short type, final long recordVersion) {
        filling.end(type, recordVersion, incarnation);
    }

    /** @return whether the log has yet to say that it is durable up to here, for whoever finds it damaged later */
    public boolean isMarkDue(final long durableLsn) {
        return durableLsn > markedLsn;
    }

    private void mark(final long durableLsn) {
        try {
            filling.begin();
            filling.addDurable(durableLsn);
        } catch (final Abandoned full) {
            // The next batch says so.
            filling.rollback();
            return;
        }
        end(RecordFormat.DURABLE, version);
        markedLsn = endLsn();
    }

    /** @return bytes that wait for being written */
    public int batchBytes() {
        return filling.bytes();
    }

    /**
     * @param durableLsn up to where the log is durable
     * @return what is to be written now, and then given to {@link Core#batchWritten} before the next is taken; null if
     *     there is nothing
     * @throws EngineException if the batch would be written over log that is needed
     */
    public LogBatch takeBatch(final long durableLsn) {
        if (isMarkDue(durableLsn)) {
            mark(durableLsn);
        }
        if (filling.isEmpty()) {
            return null;
        }
        if (bytes() > journalBytes) {
            throw new EngineException("the journal is full: its " + journalBytes
                + " bytes are needed still; start the node again, when the others are up");
        }
        if (writing != null) {
            throw new IllegalStateException("two batches of log under way");
        }
        writing = filling;
        filling = spare;
        filling.reset(writing.endLsn());
        return writing;
    }

    void batchWritten(final LogBatch batch) {
        writtenLsn = batch.endLsn();
        batch.reset(0);
        spare = batch;
        writing = null;
    }

    /** Lets go of the page contents that batches hold. */
    void free() {
        filling.reset(endLsn());
        if (writing != null) {
            writing.reset(0);
        }
    }
}
