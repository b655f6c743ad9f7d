package org.dsmfs.engine.coherence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.dsmfs.engine.coherence.PageCopy.CHANGED;
import static org.dsmfs.engine.coherence.PageCopy.UNUSED;

/**
 * What may happen to a few nodes, the one that is responsible, and the network between them, and what must never be.
 */
final class World extends WorldState {
    /** Something that must never be. */
    static final class Violation extends RuntimeException {
        Violation(final String what) {
            super(what, null, false, false);
        }
    }

    /** What may happen, coded as kind << 16 | node << 8 | page; for DELIVER the low bits are a place in the network. */
    private static final int DELIVER = 0;
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EVICT = 3;
    private static final int CHANGE = 4;
    private static final int REPLICATE = 5;
    private static final int USE = 6;
    private static final int CRASH = 7;
    /** As DELIVER, to a responsible node that takes all others for down. */
    private static final int DELIVER_UNAVAILABLE = 8;

    private final boolean refusing;
    private final Effects effects = new Effects();
    private final Message message = new Message();
    /** Message that is being delivered. */
    private int delivered;

    /** @param refusing whether an unlisted message is refused and forgotten, as in production, or a violation */
    World(final Bounds bounds, final Protocols protocols, final boolean refusing) {
        super(bounds, protocols);
        this.refusing = refusing;
    }

    // --- what may happen -----------------------------------------------------------------------------------------

    /** @return codes of all events that may happen now */
    int events(final int[] codes) {
        int count = 0;
        for (int i = 0; i < messages; i++) {
            if (i == 0 || network[i] != network[i - 1]) {
                codes[count++] = DELIVER << 16 | i;
                if (bounds.unavailable() && PackedMessage.isRequest(network[i])) {
                    codes[count++] = DELIVER_UNAVAILABLE << 16 | i;
                }
            }
        }
        int alive = 0;
        for (int node = 0; node < bounds.nodes(); node++) {
            alive += dead[node] ? 0 : 1;
        }
        for (int node = 0; node < bounds.nodes(); node++) {
            if (dead[node]) {
                continue;
            }
            final boolean mayRequest = copyProtocols[node].outstanding.highest() < bounds.requests();
            for (int page = 0; page < bounds.pages(); page++) {
                final PageCopy copy = copies[node][page];
                final int where = node << 8 | page;
                switch (copy.state()) {
                    case I -> {
                        if (mayRequest) {
                            codes[count++] = READ << 16 | where;
                            codes[count++] = WRITE << 16 | where;
                        }
                    }
                    case S, O -> {
                        if (mayRequest) {
                            codes[count++] = WRITE << 16 | where;
                        }
                        if (mayRequest || copy.state() == CopyState.S) {
                            codes[count++] = EVICT << 16 | where;
                        }
                    }
                    case M -> {
                        if (mayRequest) {
                            codes[count++] = EVICT << 16 | where;
                        }
                        if (newest[page] < bounds.writes()) {
                            codes[count++] = CHANGE << 16 | where;
                        }
                        if (copy.is(CHANGED)) {
                            codes[count++] = REPLICATE << 16 | where;
                        }
                    }
                    default -> {
                        // Waits.
                    }
                }
                if (copy.is(UNUSED)) {
                    codes[count++] = USE << 16 | where;
                }
            }
            if (epoch < bounds.epochs() && alive > 1) {
                codes[count++] = CRASH << 16 | node << 8;
            }
        }
        if (epoch < bounds.epochs()) {
            codes[count++] = CRASH << 16 | responsible << 8;
        }
        return count;
    }

    /** @return whether the event comes from a node's free will; what is under way has to end without such */
    static boolean isFree(final int code) {
        final int kind = code >>> 16;
        return kind != DELIVER && kind != REPLICATE && kind != USE;
    }

    /** Lets an event happen. @return whether anything changed */
    boolean apply(final int code) {
        final int node = code >>> 8 & 0xff;
        final int page = code & 0xff;
        effects.clear();
        boolean changed = true;
        try {
            switch (code >>> 16) {
                case DELIVER -> changed = deliver(code & 0xffff);
                case DELIVER_UNAVAILABLE -> {
                    isTakenForDown = true;
                    try {
                        changed = deliver(code & 0xffff);
                    } finally {
                        isTakenForDown = false;
                    }
                }
                case READ -> changed = isApplied(copyProtocols[node].read(copies[node][page], effects));
                case WRITE -> changed = isApplied(copyProtocols[node].write(copies[node][page], effects));
                case EVICT -> changed = isApplied(copyProtocols[node].evict(copies[node][page], effects));
                case CHANGE -> {
                    newest[page]++;
                    copyProtocols[node].changed(copies[node][page], newest[page], true);
                }
                case REPLICATE -> {
                    copyProtocols[node].replicated(copies[node][page].version);
                    backup[page] = Math.max(backup[page], (int) copies[node][page].version);
                }
                case USE -> copyProtocols[node].used(copies[node][page]);
                default -> crash(node);
            }
        } catch (final IllegalStateException | IllegalArgumentException e) {
            throw new Violation(e.getMessage());
        }
        if (changed) {
            sendAll(page(code));
            settle();
            check();
        }
        return changed;
    }

    private int page(final int code) {
        final int kind = code >>> 16;
        return kind == DELIVER || kind == DELIVER_UNAVAILABLE ? PackedMessage.page(delivered) : code & 0xff;
    }

    private boolean deliver(final int place) {
        delivered = network[place];
        final int to = PackedMessage.to(delivered);
        if (!bounds.duplicates()) {
            System.arraycopy(network, place + 1, network, place, messages - place - 1);
            messages--;
        }
        if (to != responsible && dead[to]) {
            return !bounds.duplicates();
        }
        final int page = PackedMessage.page(delivered);
        PackedMessage.unpack(delivered, message);
        final Outcome outcome;
        if (to == responsible) {
            outcome = ownershipProtocol.handle(pages[page], message, effects);
        } else {
            final PageCopy copy = copies[to][page];
            final CopyState before = copy.state();
            final boolean unused = copy.is(UNUSED);
            outcome = copyProtocols[to].handle(copy, message, effects);
            if (unused && copy.state() != before) {
                throw new Violation("a copy was taken away before it was used");
            }
            if (outcome == Outcome.APPLIED && copy.state().isLive()
                && (message.type == MessageType.FWD_GET_M || message.type == MessageType.INV)) {
                throw new Violation("a copy that was given away is still there");
            }
        }
        return switch (outcome) {
            case APPLIED -> true;
            case STALE -> !bounds.duplicates();
            case HELD -> {
                if (!bounds.duplicates()) {
                    send(delivered);
                }
                yield false;
            }
            default -> {
                if (!refusing) {
                    throw new Violation("unlisted: " + message.type.title() + " in state "
                        + (to == responsible ? pages[page].state() : copies[to][page].state()));
                }
                yield !bounds.duplicates();
            }
        };
    }

    private static boolean isApplied(final Outcome outcome) {
        return outcome == Outcome.APPLIED;
    }

    private void sendAll(final int page) {
        for (int i = 0; i < effects.size(); i++) {
            final Message sent = effects.message(i);
            if (sent.to == Message.RESPONSIBLE) {
                sent.to = responsible;
            }
            final int packed = PackedMessage.pack(sent, page);
            if (!bounds.duplicates() || Arrays.binarySearch(network, 0, messages, packed) < 0) {
                send(packed);
            }
        }
    }

    private void send(final int packed) {
        int place = messages++;
        for (; place > 0 && network[place - 1] > packed; place--) {
            network[place] = network[place - 1];
        }
        network[place] = packed;
    }

    /** Does at once what the bounds do not leave to chance, and forgets what makes no difference any more. */
    private void settle() {
        for (int node = 0; node < bounds.nodes(); node++) {
            for (int page = 0; page < bounds.pages(); page++) {
                final PageCopy copy = copies[node][page];
                if (!bounds.hold() && copy.is(UNUSED)) {
                    copyProtocols[node].used(copy);
                }
                if (copy.is(CHANGED)
                    && (!bounds.replication() || copy.version <= copyProtocols[node].replicatedVersion)) {
                    backup[page] = Math.max(backup[page], (int) copy.version);
                    copy.set(copy.state(), copy.flags() & ~CHANGED);
                }
            }
        }
    }

    /** The node, or the responsible node's knowledge, is lost; all others start a new epoch. */
    private void crash(final int node) {
        epoch++;
        if (node != responsible) {
            dead[node] = true;
            for (int page = 0; page < bounds.pages(); page++) {
                if (copies[node][page].is(CHANGED)) {
                    newest[page] = backup[page];
                }
                copies[node][page] = new PageCopy();
            }
            copyProtocols[node].outstanding.reset();
        }
        ownershipProtocol.startEpoch(epoch);
        for (int i = 0; i < bounds.nodes(); i++) {
            ownershipProtocol.admitted.put(i, new SequenceWindow(Protocols.WINDOW));
            if (!dead[i]) {
                copyProtocols[i].startEpoch(epoch);
            }
        }
        for (int page = 0; page < bounds.pages(); page++) {
            final List<PageReport> reports = new ArrayList<>();
            for (int i = 0; i < bounds.nodes(); i++) {
                final PageCopy copy = copies[i][page];
                if (!dead[i]) {
                    copyProtocols[i].rollBack(copy);
                    if (!copy.isAbsent()) {
                        reports.add(new PageReport(i, copy.state(), copy.ts, copy.version));
                    }
                }
            }
            pages[page] = ownershipProtocol.rebuild(reports, backup[page]);
            for (final PageReport report : reports) {
                copyProtocols[report.node()].adopt(copies[report.node()][page],
                    OwnershipProtocol.roleOf(pages[page], report.node()), pages[page].ts);
            }
        }
    }

    // --- what must never be --------------------------------------------------------------------------------------

    private void check() {
        for (int page = 0; page < bounds.pages(); page++) {
            int writers = 0;
            int readers = 0;
            int owners = 0;
            for (int node = 0; node < bounds.nodes(); node++) {
                final PageCopy copy = copies[node][page];
                final CopyState state = copy.state();
                writers += state.isWritable() ? 1 : 0;
                readers += state.isReadable() ? 1 : 0;
                owners += state.isOwner() && state.isReadable() ? 1 : 0;
                if (state.isReadable() && copy.version != newest[page]) {
                    throw new Violation("node " + node + " reads version " + copy.version
                        + ", the newest completed write made " + newest[page]);
                }
            }
            if (writers > 0 && readers > 1) {
                throw new Violation("a writer and another reader or writer");
            }
            if (owners > 1) {
                throw new Violation("two owners");
            }
            if (pages[page].owner == PageOwnership.DISK && !pages[page].isBusy()
                && pages[page].diskVersion != newest[page]) {
                throw new Violation("the disk copy is the newest one left, and has version " + pages[page].diskVersion
                    + " instead of " + newest[page]);
            }
            if (pages[page].service != null) {
                checkQueue(pages[page].service);
            }
        }
        if (isQuiescent()) {
            checkQuiescent();
        }
    }

    /** A node waits for a page once at a time, which bounds the queue. */
    private void checkQueue(final Service service) {
        final NodeSet known = new NodeSet();
        for (final Message queued : service.queue) {
            if (known.contains(queued.requester)) {
                throw new Violation("two requests of node " + queued.requester + " in the queue");
            }
            known.add(queued.requester);
        }
    }

    /** Nobody waits: then what the responsible node knows is true. */
    private void checkQuiescent() {
        for (int page = 0; page < bounds.pages(); page++) {
            for (int node = 0; node < bounds.nodes(); node++) {
                final CopyState state = copies[node][page].state();
                if (state.isOwner() != (pages[page].owner == node)) {
                    throw new Violation("the owner is " + pages[page].owner + ", and node " + node + " has " + state);
                }
                if (state == CopyState.S && !pages[page].isSharer(node)) {
                    throw new Violation("node " + node + " has a copy that is not known");
                }
            }
        }
    }

    /** @return whether nobody waits for anything */
    boolean isQuiescent() {
        for (int page = 0; page < bounds.pages(); page++) {
            if (pages[page].service != null) {
                return false;
            }
            for (int node = 0; node < bounds.nodes(); node++) {
                if (copies[node][page].state().isWaiting()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Says what an event is, with other names for the nodes. */
    String describe(final int code, final int[] names) {
        final int number = code >>> 8 & 0xff;
        final String node = number == responsible ? "the responsible node" : "node " + names[number];
        final String page = bounds.pages() == 1 ? "" : " page " + (code & 0xff);
        return switch (code >>> 16) {
            case DELIVER, DELIVER_UNAVAILABLE -> {
                final int packed = network[code & 0xffff];
                final Message shown = new Message();
                PackedMessage.unpack(PackedMessage.rename(packed, names), shown);
                yield shown.toString().replace("->" + responsible, "->R").replace(responsible + "->", "R->")
                    + (bounds.pages() == 1 ? "" : ", page " + PackedMessage.page(packed))
                    + (code >>> 16 == DELIVER_UNAVAILABLE ? ", R takes the others for down" : "");
            }
            case READ -> node + " wants to read" + page;
            case WRITE -> node + " wants to write" + page;
            case EVICT -> node + " evicts" + page;
            case CHANGE -> node + " changes" + page;
            case REPLICATE -> node + "'s log is replicated";
            case USE -> node + " has used" + page;
            default -> node + " crashes, a new epoch begins";
        };
    }
}
