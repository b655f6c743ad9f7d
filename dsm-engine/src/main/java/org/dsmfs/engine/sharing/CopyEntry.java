package org.dsmfs.engine.sharing;

import org.dsmfs.engine.coherence.Message;
import org.dsmfs.engine.coherence.PageCopy;
import org.dsmfs.engine.core.AddressTable;

import java.util.ArrayDeque;

/** This node's copy of a page that is not in its default state. */
final class CopyEntry extends AddressTable.Entry {
    final PageCopy copy = new PageCopy();
    /** Messages that can't be served yet; null for none. */
    ArrayDeque<Message> held;
    /** Version that it had when one of them first waited for the log; 0 if none does. */
    long heldVersion;
    /** When the copy came, for the minimum hold. */
    long arrivedNs;
    /** It was asked for although no operation waited for it, and has not come. */
    boolean isExpected;
    /** What was derived from the copy is being given up; operations here go on using it meanwhile. */
    boolean isWithdrawing;
    /** Which time that is, so that a late answer to an earlier one does not count. */
    int withdrawals;
    /** What others wait for happens as soon as the log is durable: until then no operation may use the copy. */
    boolean isBarred;
    /** The copy is to be evicted when that has been done. */
    boolean isLeaving;
    /** That has been done. */
    boolean isWithdrawn;
    /** In the list of changed pages that the responsible node has not been told of. */
    boolean isSettling;
    /** The log has to be durable up to here for its tombstone to be. */
    long buriedWith;
    /** Epoch in which the responsible node has said what the copy is. */
    long adoptedEpoch;

    CopyEntry(final long segment, final long page) {
        this.segment = segment;
        this.page = page;
    }

    boolean isReadable() {
        return copy.state().isReadable() && !isBarred;
    }

    boolean isWritable() {
        return copy.state().isWritable() && !isBarred;
    }
}
