package org.dsmfs.engine.core;

import org.agrona.concurrent.UnsafeBuffer;

/** What one run of an operation does to one page. Pooled by {@link Transaction}. */
final class Change extends AddressTable.Entry {
    /** What is to be done to the page. */
    enum Kind {
        /** The private copy takes the page's place. */
        WRITE,
        /** Bytes of the caller go into the page. */
        PUT,
        /** The absent page comes into being as zeros, which nobody has to write or to keep in RAM. */
        RESERVE,
        /** The page becomes absent. */
        FREE
    }

    Kind kind;
    /** The page if it is in RAM. */
    Page base;
    /** Whether the page was present before. */
    boolean existed;
    /** Whether the store counts the page already: it has it, or will by the log, if perhaps in an old version. */
    boolean counted;
    /** WRITE: private copy. */
    UnsafeBuffer copy;
    /** WRITE: whether the copy began as zeros, whatever the page held. */
    boolean fromZeros;
    /** PUT: first and last of its puts in the transaction's list, -1 if none. */
    int firstPut;
    int lastPut;
    /** PUT: whether the first put covers the page, so that what it held does not matter. */
    boolean covers;
    /** PUT: end of the bytes put, in the page. */
    int putEnd;

    // Prepared by the commit, until it is installed:
    /** FREE: whether a tombstone has to stay. */
    boolean buried;
    /** Whether there is nothing to do after all. */
    boolean unchanged;
    /** The page to add to RAM, or whose content the page there gets. */
    Page made;
    /** Slot that has the content from now on, or -1. */
    int slot;
    /** Whether the slot was taken for this change. */
    boolean slotTaken;
    int contentCrc;
}
