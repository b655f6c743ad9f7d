package org.dsmfs.engine.core;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The one transaction that runs at a time: collects what an operation changes, until {@link Commit} installs it. */
final class Transaction implements PageTransaction {
    private final Pages pages;
    private final RamCache ram;
    private final PageLookup lookup;
    private final AddressGenerator addresses;
    private final AddressTable<Change> byAddress = new AddressTable<>();
    private final List<Change> changes = new ArrayList<>();
    private final ArrayDeque<Change> pool = new ArrayDeque<>();
    private final ArrayDeque<UnsafeBuffer> smallCopies = new ArrayDeque<>();
    private final ArrayDeque<UnsafeBuffer> largeCopies = new ArrayDeque<>();

    private final List<Runnable> commitActions = new ArrayList<>();

    private int putCount;
    private DirectBuffer[] putSources = new DirectBuffer[64];
    private int[] putSourceIndexes = new int[64];
    private int[] putOffsets = new int[64];
    private int[] putLengths = new int[64];
    private int[] nextPuts = new int[64];
    private int putBytes;

    private int madeSmall;
    private int madeLarge;
    private boolean usesReserve;
    /** Start of a range of numbers that was granted in this run, or 0. */
    private long grantStart;
    private long grantNext;

    Transaction(final Pages pages, final PageLookup lookup, final AddressGenerator addresses) {
        this.pages = pages;
        this.ram = pages.ram();
        this.lookup = lookup;
        this.addresses = addresses;
    }

    void begin() {
        for (final Change change : changes) {
            byAddress.remove(change);
            if (change.copy != null) {
                copies(change.segment).push(change.copy);
                change.copy = null;
            }
            change.base = null;
            change.made = null;
            pool.push(change);
        }
        changes.clear();
        Arrays.fill(putSources, 0, putCount, null);
        putCount = 0;
        putBytes = 0;
        madeSmall = 0;
        madeLarge = 0;
        usesReserve = false;
        grantStart = 0;
        commitActions.clear();
    }

    /** The operation's effects are real. */
    void committed() {
        for (int i = 0; i < commitActions.size(); i++) {
            commitActions.get(i).run();
        }
    }

    List<Change> changes() {
        return changes;
    }

    int putBytes() {
        return putBytes;
    }

    long grantStart() {
        return grantStart;
    }

    long grantNext() {
        return grantNext;
    }

    @Override
    public DirectBuffer read(final long segment, final long page) {
        if (!changes.isEmpty()) {
            final Change change = byAddress.get(segment, page);
            if (change != null && change.kind == Change.Kind.WRITE) {
                return change.copy;
            }
            if (change != null && change.kind == Change.Kind.FREE) {
                return null;
            }
        }
        final Page present = lookup.lookup(segment, page, false);
        return present == null ? null : present.buffer;
    }

    @Override
    public boolean exists(final long segment, final long page) {
        final Change change = byAddress.get(segment, page);
        return change == null ? lookup.exists(segment, page) : change.kind != Change.Kind.FREE;
    }

    @Override
    public void want(final long segment, final long firstPage, final int count) {
        for (int i = 0; i < count; i++) {
            lookup.want(segment, firstPage + i, false);
        }
    }

    @Override
    public void expect(final long segment, final long firstPage, final int count) {
        for (int i = 0; i < count; i++) {
            lookup.expect(segment, firstPage + i);
        }
    }

    @Override
    public void wantToWrite(final long segment, final long page) {
        lookup.want(segment, page, true);
    }

    @Override
    public MutableDirectBuffer write(final long segment, final long page) {
        Change change = byAddress.get(segment, page);
        if (change == null) {
            final Page base = lookup.lookup(segment, page, true);
            change = add(segment, page, Change.Kind.WRITE, base, base != null);
            takeCopy(change, base);
        } else if (change.kind == Change.Kind.FREE) {
            change.kind = Change.Kind.WRITE;
            change.fromZeros = true;
            takeCopy(change, null);
            if (!change.counted) {
                account(segment);
            }
        } else if (change.kind != Change.Kind.WRITE) {
            throw new IllegalStateException(change.kind + " and write of one page in one run: " + change);
        }
        return change.copy;
    }

    @Override
    public void put(final long segment, final long page, final int offset, final DirectBuffer source,
                    final int sourceIndex, final int length) {
        final int pageSize = pageSize(segment);
        if (offset < 0 || length <= 0 || offset > pageSize - length) {
            throw new IndexOutOfBoundsException("put of " + length + " bytes at " + offset + " into a page of "
                + pageSize);
        }
        Change change = byAddress.get(segment, page);
        if (change == null) {
            final boolean covers = length == pageSize;
            // Nothing is handed out here: the run goes on, so that it finds all pages that are missing.
            if (!lookup.isReadyToPut(segment, page, covers)) {
                return;
            }
            final Page base = ram.get(segment, page);
            change = add(segment, page, Change.Kind.PUT, base, base != null || lookup.exists(segment, page));
            change.covers = covers;
            addPut(change, offset, source, sourceIndex, length);
        } else if (change.kind == Change.Kind.PUT) {
            addPut(change, offset, source, sourceIndex, length);
        } else {
            write(segment, page).putBytes(offset, source, sourceIndex, length);
        }
    }

    @Override
    public void reserve(final long segment, final long page) {
        if (Segment.isVolatile(segment) || byAddress.get(segment, page) != null) {
            throw new IllegalStateException("reservation of a volatile page or of one that the run changes: "
                + Segment.describe(segment, page));
        }
        if (lookup.isReadyToReplace(segment, page) && !lookup.exists(segment, page)) {
            add(segment, page, Change.Kind.RESERVE, null, false);
        }
    }

    @Override
    public void free(final long segment, final long page) {
        Change change = byAddress.get(segment, page);
        if (change == null) {
            if (lookup.isReadyToReplace(segment, page) && lookup.exists(segment, page)) {
                change = add(segment, page, Change.Kind.FREE, ram.get(segment, page), true);
            }
        } else if (change.kind == Change.Kind.PUT || change.kind == Change.Kind.RESERVE) {
            throw new IllegalStateException(change.kind + " and free of one page in one run: " + change);
        } else {
            change.kind = Change.Kind.FREE;
        }
    }

    @Override
    public int pageSize(final long segment) {
        return pages.pageSize(segment);
    }

    @Override
    public boolean mayBeKnownElsewhere(final long segment, final long page) {
        return pages.access().mayBeKnownElsewhere(segment, page);
    }

    @Override
    public long allocateNumber() {
        if (grantStart == 0) {
            final long number = addresses.next();
            if (number != 0) {
                return number;
            }
            final int partition = pages.access().partition();
            final MutableDirectBuffer root = write(AddressGenerator.rootOf(partition), AddressGenerator.PAGE);
            grantStart = AddressGenerator.grant(root, partition);
            grantNext = grantStart;
        }
        return grantNext++;
    }

    @Override
    public void useReserve() {
        usesReserve = true;
    }

    @Override
    public void onCommit(final Runnable action) {
        commitActions.add(action);
    }

    private Change add(final long segment, final long page, final Change.Kind kind, final Page base,
                       final boolean existed) {
        final boolean counted = pages.isCounted(segment, page, base, existed);
        if (!counted) {
            account(segment);
        }
        final Change change = pool.isEmpty() ? new Change() : pool.pop();
        change.segment = segment;
        change.page = page;
        change.kind = kind;
        change.base = base;
        change.existed = existed;
        change.counted = counted;
        change.fromZeros = false;
        change.firstPut = -1;
        change.lastPut = -1;
        change.covers = false;
        change.putEnd = 0;
        change.slot = -1;
        change.slotTaken = false;
        change.unchanged = false;
        change.buried = false;
        changes.add(change);
        byAddress.add(change);
        return change;
    }

    /** A page is going to be made: is there room? */
    private void account(final long segment) {
        if (Segment.isVolatile(segment)) {
            return;
        }
        final boolean large = Segment.isLarge(segment);
        pages.disk().budget(large).checkRoom(large ? ++madeLarge : ++madeSmall, usesReserve);
    }

    private void takeCopy(final Change change, final Page base) {
        final int pageSize = pageSize(change.segment);
        if (change.copy == null) {
            final ArrayDeque<UnsafeBuffer> copies = copies(change.segment);
            change.copy = copies.isEmpty() ? new UnsafeBuffer(ByteBuffer.allocateDirect(pageSize)) : copies.pop();
        }
        if (base == null) {
            change.copy.setMemory(0, pageSize, (byte) 0);
        } else {
            change.copy.putBytes(0, base.buffer, 0, pageSize);
        }
    }

    private ArrayDeque<UnsafeBuffer> copies(final long segment) {
        return Segment.isLarge(segment) ? largeCopies : smallCopies;
    }

    private void addPut(final Change change, final int offset, final DirectBuffer source, final int sourceIndex,
                        final int length) {
        if (putCount == putSources.length) {
            final int newLength = putCount * 2;
            putSources = Arrays.copyOf(putSources, newLength);
            putSourceIndexes = Arrays.copyOf(putSourceIndexes, newLength);
            putOffsets = Arrays.copyOf(putOffsets, newLength);
            putLengths = Arrays.copyOf(putLengths, newLength);
            nextPuts = Arrays.copyOf(nextPuts, newLength);
        }
        final int put = putCount++;
        putSources[put] = source;
        putSourceIndexes[put] = sourceIndex;
        putOffsets[put] = offset;
        putLengths[put] = length;
        nextPuts[put] = -1;
        if (change.firstPut == -1) {
            change.firstPut = put;
        } else {
            nextPuts[change.lastPut] = put;
        }
        change.lastPut = put;
        change.putEnd = Math.max(change.putEnd, offset + length);
        putBytes += length;
    }

    /** Applies the puts of a change, in order, to a buffer that holds the page. */
    void applyPuts(final Change change, final MutableDirectBuffer target) {
        for (int put = change.firstPut; put != -1; put = nextPuts[put]) {
            target.putBytes(putOffsets[put], putSources[put], putSourceIndexes[put], putLengths[put]);
        }
    }

    /** Adds the puts of a change as runs to the record. */
    void logPuts(final Change change, final LogBatch batch) {
        for (int put = change.firstPut; put != -1; put = nextPuts[put]) {
            final int at = batch.addRun(putOffsets[put], putLengths[put]);
            batch.records().putBytes(at, putSources[put], putSourceIndexes[put], putLengths[put]);
        }
    }
}
