package org.dsmfs.layout;

import org.dsmfs.engine.Neighbours;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes through the lists of orphans that nobody else takes care of, and frees what has no name and no user. */
final class OrphanSweep {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweep.class);

    private final Transactions transactions;
    private final Orphans orphans;
    private final Neighbours neighbours;

    OrphanSweep(final Transactions transactions, final Orphans orphans, final Neighbours neighbours) {
        this.transactions = transactions;
        this.orphans = orphans;
        this.neighbours = neighbours;
    }

    /** Sweeps the own list, and those of starts of nodes that serve no more. What is damaged stays and is logged. */
    void sweep() {
        visit(Orphans.INO, (name, ino) -> {
            final Orphans.ListOwner owner = Orphans.ListOwner.parse(name);
            if (owner == null) {
                transactions.reclaim(ino);
            } else if (owner.equals(orphans.self())) {
                sweepList(ino);
            } else if (!neighbours.isServing(owner.node(), owner.incarnation())) {
                sweepList(ino);
                transactions.run(run -> Orphans.removeList(run, owner));
            }
        });
    }

    /** {@link #sweep}, as far as the pages are in reach and there is room for it; the rest is for another time. */
    void trySweep() {
        try {
            sweep();
        } catch (final ErrnoException e) {
            LOG.warn("files without a name, that nodes which are gone had open, are freed later: {}", e.errno());
        }
    }

    /** The node adds nothing to its list any more. */
    void removeOwnList() {
        transactions.run(run -> Orphans.removeList(run, orphans.self()));
    }

    private void sweepList(final long list) {
        visit(list, (name, ino) -> transactions.reclaim(ino));
    }

    private interface Visitor {
        void entry(byte[] name, long ino);
    }

    private void visit(final long directory, final Visitor visitor) {
        final DirectoryReader reader =
            new DirectoryReader(transactions, new AccessTime(AtimePolicy.NOATIME), directory);
        reader.read(DirectoryReader.BEHIND_DOTS, (name, ino, type, cookie) -> {
            try {
                visitor.entry(name, ino);
            } catch (final ErrnoException e) {
                // EIO was logged where it came from; ESTALE: another node has removed the list meanwhile.
                if (e.errno() != Errno.EIO && e.errno() != Errno.ESTALE) {
                    throw e;
                }
            }
            return true;
        });
    }
}
