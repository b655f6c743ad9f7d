package org.dsmfs.engine.sharing;

import org.dsmfs.engine.coherence.NodeSet;
import org.dsmfs.engine.coherence.PageOwnership;
import org.dsmfs.engine.core.AddressTable;

/** What this node knows about a page that it is responsible for and that is not in its default state. */
final class OwnershipEntry extends AddressTable.Entry {
    static final int NOBODY = -1;

    PageOwnership ownership;
    /** The <em>disk copyset</em>: nodes, the owner left out, whose stores may have older versions. */
    final NodeSet shadows = new NodeSet();
    /**
     * Nodes, besides the owner, of which one has the newest version durably: the former owners since the last one whose
     * store is known to have it.
     */
    final NodeSet unsettled = new NodeSet();
    /** Something at a node that had a copy still uses the page, or did. */
    boolean isPinned;
    /** How often it was passed on lately; null if never. */
    Heat heat;
    /** Node that is to be responsible as soon as no request is being served; NOBODY if this one stays. */
    int heir = NOBODY;
    /** The owner has freed the page and waits until nobody has an older version. */
    boolean isBuried;
    /** In the {@link AbsenceNotes}. */
    boolean isNotedAbsent;

    OwnershipEntry(final long segment, final long page, final PageOwnership ownership) {
        this.segment = segment;
        this.page = page;
        this.ownership = ownership;
    }
}
