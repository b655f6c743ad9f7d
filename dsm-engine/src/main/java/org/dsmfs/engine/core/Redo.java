package org.dsmfs.engine.core;

import org.agrona.DirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.PageDamagedException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.journal.RecordFormat;
import org.dsmfs.engine.store.PageIndex.Location;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashSet;
import java.util.Set;

/**
 * Repeats, after a crash, what the log says and the disk does not have yet. Idempotent: an entry counts only if the
 * page's version is below the record's.
 *
 * <p>The slot tables are as of the last checkpoint's snapshot, the log starts before. So an entry from before the
 * snapshot may speak of a page that was freed by then, and of a slot that has been used for something else since:
 * such an entry finds no page, and is passed over. After the snapshot that would be damage.
 */
public final class Redo {
    private static final Logger LOG = LoggerFactory.getLogger(Redo.class);

    /** Reads pages while the log is repeated. */
    @FunctionalInterface
    public interface Fetcher {
        /** Reads the page and gives it to {@link Core#fetched}. */
        void fetch(Fetch fetch);
    }

    /** Reads a slot. */
    @FunctionalInterface
    public interface SlotReader {
        /** @return whether the slot holds content of this length and CRC-32C */
        boolean matches(boolean large, long slot, int length, int crc);
    }

    private final Pages pages;
    private final Log log;
    private final long snapshotLsn;
    private final boolean pagesLost;
    private final Fetcher fetcher;
    private final Location location = new Location();
    /** Slots that the log names and the slot tables say are free. */
    private final Set<Long> loose = new HashSet<>();
    /** Pages whose copy on disk is damaged: what the log adds to them is lost too. */
    private final AddressTable<Damaged> damaged = new AddressTable<>();

    /** Address of a damaged page. */
    private static final class Damaged extends AddressTable.Entry {
    }

    /**
     * @param snapshotLsn state of the slot tables
     * @param pagesLost   whether the slot tables are damaged, so that a page may be unknown that should be there
     */
    public Redo(final Core core, final long snapshotLsn, final boolean pagesLost, final Fetcher fetcher) {
        this.pages = core.pages();
        this.log = core.log();
        this.snapshotLsn = snapshotLsn;
        this.pagesLost = pagesLost;
        this.fetcher = fetcher;
    }

    /** @return whether all slots that an operation's record names hold what it says */
    public static boolean slotsHold(final DirectBuffer record, final SlotReader reader) {
        int entry = RecordFormat.ENTRIES;
        for (int i = record.getInt(RecordFormat.ENTRY_COUNT); i > 0; i--) {
            if (record.getInt(entry + RecordFormat.ENTRY_TYPE) == RecordFormat.SLOT
                && !reader.matches(Segment.isLarge(record.getLong(entry + RecordFormat.ENTRY_SEGMENT)),
                    record.getLong(entry + RecordFormat.ENTRY_SLOT), record.getInt(entry + RecordFormat.ENTRY_BYTES),
                    record.getInt(entry + RecordFormat.ENTRY_CRC))) {
                return false;
            }
            entry += entryLength(record, entry);
        }
        return true;
    }

    /** First pass over an operation's record: keeps slots that it names from being used for anything else. */
    public void reserveSlots(final DirectBuffer record) {
        int entry = RecordFormat.ENTRIES;
        for (int i = record.getInt(RecordFormat.ENTRY_COUNT); i > 0; i--) {
            if (record.getInt(entry + RecordFormat.ENTRY_TYPE) == RecordFormat.SLOT) {
                final boolean large = Segment.isLarge(record.getLong(entry + RecordFormat.ENTRY_SEGMENT));
                final int slot = (int) record.getLong(entry + RecordFormat.ENTRY_SLOT);
                if (pages.reserve(large, slot)) {
                    loose.add(looseKey(large, slot));
                }
            }
            entry += entryLength(record, entry);
        }
    }

    /** Second pass: repeats an operation's record. */
    public void redo(final DirectBuffer record) {
        final long lsn = record.getLong(RecordFormat.LSN);
        final long version = record.getLong(RecordFormat.VERSION);
        log.seen(version);
        int entry = RecordFormat.ENTRIES;
        for (int i = record.getInt(RecordFormat.ENTRY_COUNT); i > 0; i--) {
            final long segment = record.getLong(entry + RecordFormat.ENTRY_SEGMENT);
            final long page = record.getLong(entry + RecordFormat.ENTRY_PAGE);
            switch (record.getInt(entry + RecordFormat.ENTRY_TYPE)) {
                case RecordFormat.CHANGE -> change(record, entry, segment, page, lsn, version);
                case RecordFormat.SLOT -> slot(record, entry, segment, page, lsn, version);
                case RecordFormat.FREE -> free(segment, page, lsn, version);
                case RecordFormat.TOMBSTONE -> bury(segment, page, lsn, version);
                default -> throw inconsistent("entry of unknown type", segment, page, lsn);
            }
            entry += entryLength(record, entry);
        }
    }

    /** The log has been repeated: slots that turned out to hold nothing are free again. */
    public void finish() {
        for (final long key : loose) {
            pages.disk().allocator((key & 1) != 0).release((int) (key >>> 1));
        }
    }

    private void change(final DirectBuffer record, final int entry, final long segment, final long index,
                        final long lsn, final long version) {
        final long oldVersion = record.getLong(entry + RecordFormat.ENTRY_OLD_VERSION);
        final long current = versionOf(segment, index);
        if (current >= version || current == 0 && oldVersion != 0 && mayBeUnknown(segment, index, lsn)) {
            return;
        }
        final Page page;
        if (oldVersion == 0) {
            page = zeroPage(segment, index, current != 0, version);
        } else if (damaged.get(segment, index) != null) {
            return;
        } else if (current == oldVersion) {
            page = fetch(segment, index);
            if (page == null) {
                return;
            }
        } else {
            throw inconsistent("page has version " + current + " instead of " + oldVersion, segment, index, lsn);
        }
        final int runBytes = record.getInt(entry + RecordFormat.ENTRY_BYTES);
        if (!PageDelta.apply(record, entry + RecordFormat.CHANGE_RUNS, runBytes, page.buffer, page.size)) {
            throw inconsistent("bytes beyond the page", segment, index, lsn);
        }
        page.version = version;
        if (!page.isDirty()) {
            pages.dirty().add(page, lsn);
        }
    }

    private Page zeroPage(final long segment, final long index, final boolean existed, final long version) {
        Page page = pages.ram().get(segment, index);
        if (page == null) {
            page = pages.newPage(segment, index, version);
            pages.add(page, existed);
        }
        page.buffer.setMemory(0, page.size, (byte) 0);
        pages.dropOld(segment, index);
        isWhole(segment, index);
        return page;
    }

    private void isWhole(final long segment, final long index) {
        final Damaged entry = damaged.get(segment, index);
        if (entry != null) {
            damaged.remove(entry);
        }
    }

    private void slot(final DirectBuffer record, final int entry, final long segment, final long index,
                      final long lsn, final long version) {
        final long current = versionOf(segment, index);
        final int slot = (int) record.getLong(entry + RecordFormat.ENTRY_SLOT);
        final boolean large = Segment.isLarge(segment);
        if (current >= version) {
            return;
        }
        final Page page = pages.ram().get(segment, index);
        if (lsn < snapshotLsn) {
            // The slot tables know no page of this version or above, so it was freed before the snapshot.
            if (current != 0) {
                pages.forget(segment, index, page, true);
            }
            return;
        }
        if (!loose.remove(looseKey(large, slot)) && pages.emptySlot(segment, index) != slot) {
            throw inconsistent("slot " + slot + " holds something else", segment, index, lsn);
        }
        if (page != null) {
            pages.drop(page);
        }
        location.slot = slot;
        location.version = version;
        location.length = record.getInt(entry + RecordFormat.ENTRY_BYTES);
        location.crc = record.getInt(entry + RecordFormat.ENTRY_CRC);
        pages.placed(segment, index, location, current != 0);
        pages.dropOld(segment, index);
        isWhole(segment, index);
    }

    private void free(final long segment, final long index, final long lsn, final long version) {
        final long current = versionOf(segment, index);
        if (current == 0 && !mayBeUnknown(segment, index, lsn)) {
            throw inconsistent("the page to free does not exist", segment, index, lsn);
        }
        if (current != 0 && current < version) {
            pages.forget(segment, index, pages.ram().get(segment, index), true);
            isWhole(segment, index);
        }
    }

    private void bury(final long segment, final long index, final long lsn, final long version) {
        final long current = versionOf(segment, index);
        if (current >= version) {
            return;
        }
        if (current != 0) {
            pages.forget(segment, index, pages.ram().get(segment, index), true);
        }
        isWhole(segment, index);
        pages.tombstones().add(segment, index, version, lsn);
    }

    /** @return whether a page that the record takes for present may be unknown all the same */
    private boolean mayBeUnknown(final long segment, final long index, final long lsn) {
        if (lsn >= snapshotLsn && pagesLost && damaged.get(segment, index) == null) {
            LOG.error("page {} is lost, its slot is unknown", Segment.describe(segment, index));
            addDamaged(segment, index);
        }
        return lsn < snapshotLsn || pagesLost;
    }

    private void addDamaged(final long segment, final long index) {
        final Damaged entry = new Damaged();
        entry.segment = segment;
        entry.page = index;
        damaged.add(entry);
    }

    /** @return 0 if the page is absent */
    private long versionOf(final long segment, final long index) {
        final Page page = pages.ram().get(segment, index);
        if (page != null) {
            return page.version;
        }
        return pages.disk().locate(segment, index, location) ? location.version : 0;
    }

    /** @return null if the page is damaged */
    private Page fetch(final long segment, final long index) {
        if (pages.ram().get(segment, index) == null) {
            try {
                fetcher.fetch(pages.fetchOf(segment, index));
            } catch (final PageDamagedException e) {
                LOG.error("{}; newer changes to it are lost", e.getMessage());
                addDamaged(segment, index);
            }
        }
        return pages.ram().get(segment, index);
    }

    private static int entryLength(final DirectBuffer record, final int entry) {
        return switch (record.getInt(entry + RecordFormat.ENTRY_TYPE)) {
            case RecordFormat.CHANGE -> RecordFormat.CHANGE_RUNS + record.getInt(entry + RecordFormat.ENTRY_BYTES);
            case RecordFormat.SLOT -> RecordFormat.SLOT_BYTES;
            case RecordFormat.FREE, RecordFormat.TOMBSTONE -> RecordFormat.FREE_BYTES;
            default -> throw new EngineException("the journal has an entry of unknown type "
                + record.getInt(entry + RecordFormat.ENTRY_TYPE) + "; was it written by a newer version?");
        };
    }

    private static long looseKey(final boolean large, final int slot) {
        return (long) slot << 1 | (large ? 1 : 0);
    }

    private static EngineException inconsistent(final String what, final long segment, final long page,
                                                final long lsn) {
        return new EngineException("the journal does not fit the store at LSN " + lsn + ", page "
            + Segment.describe(segment, page) + ": " + what + "; restore the store from a copy, or make a new one");
    }
}
