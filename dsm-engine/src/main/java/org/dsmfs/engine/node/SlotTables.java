package org.dsmfs.engine.node;

import org.dsmfs.engine.Segment;
import org.dsmfs.engine.core.Core;
import org.dsmfs.engine.core.SlotImage;
import org.dsmfs.engine.store.DiskException;
import org.dsmfs.engine.store.PageIndex.Location;
import org.dsmfs.engine.store.Slab;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Takes the slot tables over into the core, and into the page index unless that is right already. A flipped bit in a
 * table is mended by its checksum, worse damage from the index; a page that neither can name is lost.
 */
final class SlotTables {
    private static final Logger LOG = LoggerFactory.getLogger(SlotTables.class);

    private final Store store;
    private final Core core;
    private final BitSet damagedSmall = new BitSet();
    private final BitSet damagedLarge = new BitSet();
    private long pages;

    SlotTables(final Store store, final Core core) {
        this.store = store;
        this.core = core;
    }

    /**
     * @param indexIsRight whether the page index was closed properly and is as the tables are
     * @return pages on disk
     */
    long load(final boolean indexIsRight) {
        if (!indexIsRight) {
            store.index.clear();
        }
        read(false, !indexIsRight);
        read(true, !indexIsRight);
        if (indexIsRight) {
            mendFromIndex();
            if (store.index.size() != pages) {
                LOG.warn("the page index has {} pages, the slot tables have {}: it is made again", store.index.size(),
                    pages);
                fillIndex();
            }
        }
        lostSlots().forEach(LOG::error);
        return pages;
    }

    /** @return a sentence for each slot of which nobody knows what page it holds */
    List<String> lostSlots() {
        final List<String> sentences = new ArrayList<>();
        damagedSmall.stream().forEach(slot -> sentences.add("slot table small is damaged at slot " + slot
            + ": if a page rested there, it is lost"));
        damagedLarge.stream().forEach(slot -> sentences.add("slot table large is damaged at slot " + slot
            + ": if a page rested there, it is lost"));
        return sentences;
    }

    private BitSet damaged(final boolean large) {
        return large ? damagedLarge : damagedSmall;
    }

    private void read(final boolean large, final boolean fillIndex) {
        final BitSet withoutBlocks = new BitSet();
        store.slab(large).readTable(new Slab.TableVisitor() {
            @Override
            public void page(final int slot, final long segment, final long page, final Location location,
                             final boolean mended) {
                if (Segment.isLarge(segment) != large) {
                    damaged(slot);
                    return;
                }
                final SlotImage image = image(large, segment, page, location);
                core.load(image);
                if (mended) {
                    LOG.warn("the entry of slot {} for page {} had a flipped bit", slot,
                        Segment.describe(segment, page));
                    core.rewrite(image);
                }
                if (fillIndex) {
                    store.index.put(segment, page, location);
                }
                pages++;
            }

            @Override
            public void withoutBlocks(final int slot) {
                core.slots(large).loadWithoutBlocks(slot);
                withoutBlocks.set(slot);
            }

            @Override
            public void damaged(final int slot) {
                SlotTables.this.damaged(large).set(slot);
            }
        });
        try {
            store.slab(large).deallocate(withoutBlocks);
        } catch (final DiskException e) {
            LOG.debug("blocks can't be given back: {}", e.getMessage());
        }
    }

    private void mendFromIndex() {
        if (damagedSmall.isEmpty() && damagedLarge.isEmpty()) {
            return;
        }
        store.index.forEach((segment, page, location) -> {
            final boolean large = Segment.isLarge(segment);
            final int slot = (int) location.slot;
            if (damaged(large).get(slot)) {
                LOG.warn("the damaged entry of slot {} for page {} is known from the page index", slot,
                    Segment.describe(segment, page));
                final SlotImage image = image(large, segment, page, location);
                core.load(image);
                core.rewrite(image);
                damaged(large).clear(slot);
                pages++;
            }
        });
    }

    private void fillIndex() {
        store.index.clear();
        for (final boolean large : new boolean[] {false, true}) {
            store.slab(large).readTable(new Slab.TableVisitor() {
                @Override
                public void page(final int slot, final long segment, final long page, final Location location,
                                 final boolean mended) {
                    store.index.put(segment, page, location);
                }

                @Override
                public void withoutBlocks(final int slot) {
                    // Known since the table was read first.
                }

                @Override
                public void damaged(final int slot) {
                    // Reported when the table was read first.
                }
            });
        }
    }

    private static SlotImage image(final boolean large, final long segment, final long page,
                                   final Location location) {
        return new SlotImage(large, (int) location.slot, segment, page, location.version, location.length,
            location.crc);
    }
}
