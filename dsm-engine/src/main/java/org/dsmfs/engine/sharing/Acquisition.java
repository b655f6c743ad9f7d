package org.dsmfs.engine.sharing;

import org.dsmfs.engine.core.AddressTable;
import org.dsmfs.engine.core.Core;

/** The pages that one operation needs from other nodes; it keeps those that came until it has run. */
public final class Acquisition {
    final AddressTable<Item> items = new AddressTable<>();
    /** Items whose page is not here. */
    int pending;
    private volatile boolean isReady;

    /** One page. */
    static final class Item extends AddressTable.Entry {
        boolean toWrite;
        boolean isHere;
    }

    Item add(final Core.Wanted wanted) {
        Item item = items.get(wanted.segment(), wanted.page());
        if (item == null) {
            item = new Item();
            item.segment = wanted.segment();
            item.page = wanted.page();
            items.add(item);
            pending++;
        } else if (item.isHere) {
            item.isHere = false;
            pending++;
        }
        item.toWrite |= wanted.toWrite();
        return item;
    }

    void here(final Item item) {
        if (!item.isHere) {
            item.isHere = true;
            pending--;
        }
    }

    void gone(final Item item) {
        if (item.isHere) {
            item.isHere = false;
            pending++;
        }
    }

    /** @return whether all pages with lower addresses are here */
    boolean isCompleteBelow(final long segment, final long page) {
        if (pending == 0) {
            return true;
        }
        for (final Item item : items.entries()) {
            final int order = Long.compareUnsigned(item.segment, segment);
            if (!item.isHere && (order < 0 || order == 0 && Long.compareUnsigned(item.page, page) < 0)) {
                return false;
            }
        }
        return true;
    }

    void update() {
        isReady = pending == 0;
    }

    /** @return whether all pages are here, or were a moment ago; any thread */
    public boolean isReady() {
        return isReady;
    }
}
