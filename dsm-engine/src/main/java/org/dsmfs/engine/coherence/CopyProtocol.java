package org.dsmfs.engine.coherence;

import org.dsmfs.engine.coherence.CopyTable.Condition;
import org.dsmfs.engine.coherence.CopyTable.Row;

/**
 * The node's side of the coherence protocol: takes an event about one page, changes that page's {@link PageCopy}, and
 * says what to send. Passive and deterministic: no thread, clock, I/O; nothing is allocated here. One object per node,
 * used by one thread at a time.
 *
 * <p>What the caller does with bytes follows from the copy: a message that carries data takes them from the copy as it
 * was before the event; data of an APPLIED message are installed; when a copy is neither live nor holds a version any
 * more, its bytes go. Whoever receives a message checks that it is from its sender, for this node, and about this page.
 *
 * <p>The methods without a modifier are fences; each says in one predicate what it stops. docs/COHERENCE.md has why.
 */
public class CopyProtocol {
    /**
     * Requests of a node that may be outstanding. Both ends keep a bit for each, the responsible node for each peer.
     */
    static final int WINDOW = 4096;

    private final int node;
    private final CopyTable table;
    final SequenceWindow outstanding;
    long epoch;
    long replicatedVersion;
    private long staleMessages;
    private long refusedMessages;

    /** @param node this node, 0..{@link NodeSet#MAX_NODE} */
    public CopyProtocol(final int node) {
        this(node, CopyTable.PROTOCOL, WINDOW);
    }

    CopyProtocol(final int node, final CopyTable table, final int window) {
        this.node = node;
        this.table = table;
        this.outstanding = new SequenceWindow(window);
    }

    /**
     * A new view of the cluster: nothing that was asked for will be answered. Before anything else, every
     * copy that waits is to be rolled back.
     */
    public void startEpoch(final long newEpoch) {
        if (newEpoch <= epoch) {
            throw new IllegalStateException("epoch " + newEpoch + " after " + epoch);
        }
        epoch = newEpoch;
        outstanding.clearAll();
    }

    /**
     * Requests that are outstanding do not keep new ones from being made any more: they were made so long ago that
     * whoever is responsible has admitted them, if they ever get there.
     */
    public void doNotWaitForAnswers() {
        outstanding.clearAll();
    }

    // --- events --------------------------------------------------------------------------------------------------

    /**
     * An operation wants to read. HIT, WAIT, APPLIED if a copy was asked for, HELD if too many requests are
     * outstanding.
     */
    public Outcome read(final PageCopy copy, final Effects effects) {
        return local(copy, CopyEvent.READ, effects);
    }

    /**
     * An operation wants to write. HIT, WAIT, APPLIED if a copy was asked for, HELD if too many requests are
     * outstanding.
     */
    public Outcome write(final PageCopy copy, final Effects effects) {
        return local(copy, CopyEvent.WRITE, effects);
    }

    /**
     * The page, of which there must be something here, shall leave. APPLIED, WAIT, or HELD until its log is replicated.
     */
    public Outcome evict(final PageCopy copy, final Effects effects) {
        return local(copy, CopyEvent.EVICT, effects);
    }

    /**
     * An operation has changed the copy, which is in {@link CopyState#M}.
     *
     * @param version above the copy's; stamps of this node's changes rise in the order of its log
     * @param logged  whether the log has the change, so that it must be held by the backups before others see it
     */
    public void changed(final PageCopy copy, final long version, final boolean logged) {
        if (!copy.state().isWritable() || version <= copy.version) {
            throw new IllegalStateException("change to version " + version + " of a copy in state " + copy);
        }
        copy.version = version;
        transition(copy, CopyState.M, copy.flags() | (logged ? PageCopy.CHANGED : 0));
    }

    /** The operation that the page was brought for has run, or has had its time: the minimum hold is over. */
    public void used(final PageCopy copy) {
        transition(copy, copy.state(), copy.flags() & ~PageCopy.UNUSED);
    }

    /** @return the newest change that the backups hold */
    public long replicatedVersion() {
        return replicatedVersion;
    }

    /** The backups hold this node's log up to the change with this version. Events that were HELD may go on. */
    public void replicated(final long version) {
        replicatedVersion = Math.max(replicatedVersion, version);
    }

    /**
     * @return whether {@link #handle} would be APPLIED, so that whatever the message takes away can be prepared for it
     */
    public boolean isDue(final PageCopy copy, final Message message) {
        if (message.epoch != epoch || message.ts < 1 || isFenced(copy, message)) {
            return false;
        }
        final CopyEvent event = eventOf(copy, message);
        final Row row = event == null ? null : table.row(copy.state(), event);
        if (row == null) {
            return false;
        }
        for (final Condition condition : row.conditions()) {
            if (!isMet(condition, copy)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Another node has become responsible for the page: sends it what the copy waits for, as if the network had
     * repeated the request. Who was responsible before has dropped it, or it would have been answered.
     */
    public void repeat(final PageCopy copy, final Effects effects) {
        switch (copy.state()) {
            case IS -> repeat(MessageType.GET_S, copy, effects);
            case IM -> repeat(MessageType.GET_M, copy, effects);
            case SM, OM -> repeat(MessageType.GET_M, copy, effects).upgrade = true;
            case MI, OI, II -> repeat(MessageType.PUT, copy, effects).version = copy.version;
            case I, S, O, M -> {
                // It waits for nothing.
            }
        }
    }

    /** A message of one of the types for nodes has come. APPLIED, HELD, STALE, REFUSED. */
    public Outcome handle(final PageCopy copy, final Message message, final Effects effects) {
        if (message.ts < 1 || message.version < 0 || !NodeSet.isNode(message.requester)) {
            refusedMessages++;
            return Outcome.REFUSED;
        }
        if (isOfLaterEpoch(message)) {
            return Outcome.HELD;
        }
        if (isOfEarlierEpoch(message) || isFenced(copy, message)) {
            staleMessages++;
            return Outcome.STALE;
        }
        final CopyEvent event = eventOf(copy, message);
        final Row row = event == null ? null : table.row(copy.state(), event);
        if (row == null) {
            refusedMessages++;
            return Outcome.REFUSED;
        }
        return apply(copy, row, message, effects);
    }

    /** After {@link #startEpoch}: back to what the copy was before it asked. */
    public void rollBack(final PageCopy copy) {
        transition(copy, table.row(copy.state(), CopyEvent.ROLL_BACK).next(), copy.flags());
    }

    /**
     * After {@link #rollBack}: what the responsible node made of everybody's reports.
     *
     * @param role I, S, O or M, see {@link OwnershipProtocol#roleOf}
     * @param ts   the page's ownership timestamp in the new epoch
     */
    public void adopt(final PageCopy copy, final CopyState role, final long ts) {
        if (role.isWaiting() || copy.state().isWaiting() || role.isLive() && !copy.state().isLive()) {
            throw new IllegalStateException("role " + role + " for a copy in state " + copy);
        }
        copy.ts = ts;
        transition(copy, role, copy.flags());
    }

    /**
     * Makes a copy of what this node has of a page outside the protocol: in its store, or as the only one ever to have
     * used it.
     *
     * @param copy    in state I
     * @param role    M or O
     * @param ts      the page's ownership timestamp
     * @param version version tag
     * @param logged  whether the log has that version, as in {@link #changed}
     */
    public void restore(final PageCopy copy, final CopyState role, final long ts, final long version,
                        final boolean logged) {
        if (copy.state() != CopyState.I || !role.isOwner() || role.isWaiting()) {
            throw new IllegalStateException("role " + role + " for what is in state " + copy);
        }
        copy.ts = ts;
        copy.version = version;
        transition(copy, role, logged ? PageCopy.CHANGED : 0);
    }

    /** @return whether an event is held because the log of the page's last change is not held by the backups yet */
    public boolean awaitsLog(final PageCopy copy) {
        return !isMet(Condition.REPLICATED, copy);
    }

    /** @return whether the operation that the page was brought for has not run yet, nor has had its time */
    public boolean isUnused(final PageCopy copy) {
        return !isMet(Condition.USED, copy);
    }

    /** @return messages that a fence stopped, since the start */
    public long staleMessages() {
        return staleMessages;
    }

    /** @return messages that no node should have sent, since the start */
    public long refusedMessages() {
        return refusedMessages;
    }

    // --- fences --------------------------------------------------------------------------------------------------

    boolean isOfLaterEpoch(final Message message) {
        return message.epoch > epoch;
    }

    boolean isOfEarlierEpoch(final Message message) {
        return message.epoch < epoch;
    }

    /** FwdGetS that was not sent to this ownership. */
    boolean isStaleFwdGetS(final PageCopy copy, final Message message) {
        return message.ts != copy.ts;
    }

    /** FwdGetM that does not end this ownership. */
    boolean isStaleFwdGetM(final PageCopy copy, final Message message) {
        return message.ts != copy.ts + 1;
    }

    /** Inv from before this copy came. */
    boolean isStaleInv(final PageCopy copy, final Message message) {
        return copy.state().isLive() && message.ts <= copy.ts;
    }

    /** Data, Grant or PutAck that do not answer the outstanding request. */
    boolean isStaleAnswer(final PageCopy copy, final Message message) {
        return message.seq != copy.seq;
    }

    /** Whether the conditions for a transition are met. */
    boolean isMet(final Condition condition, final PageCopy copy) {
        return switch (condition) {
            case REPLICATED -> !copy.is(PageCopy.CHANGED) || copy.version <= replicatedVersion;
            case USED -> !copy.is(PageCopy.UNUSED);
        };
    }

    private boolean isFenced(final PageCopy copy, final Message message) {
        return switch (message.type) {
            case FWD_GET_S -> isStaleFwdGetS(copy, message);
            case FWD_GET_M -> isStaleFwdGetM(copy, message);
            case INV -> isStaleInv(copy, message);
            case DATA_S, DATA_M, GRANT, PUT_ACK, UNAVAILABLE -> isStaleAnswer(copy, message);
            case GET_S, GET_M, PUT, INV_ACK, DONE -> false;
        };
    }

    // --- transitions ---------------------------------------------------------------------------------------------

    private static CopyEvent eventOf(final PageCopy copy, final Message message) {
        return switch (message.type) {
            case FWD_GET_S -> CopyEvent.FWD_GET_S;
            case FWD_GET_M -> CopyEvent.FWD_GET_M;
            case INV -> CopyEvent.INV;
            case DATA_S -> CopyEvent.DATA_S;
            case DATA_M -> copy.is(PageCopy.GRANTED) ? CopyEvent.DATA_M_LAST : CopyEvent.DATA_M;
            case GRANT -> message.upgrade ? CopyEvent.UPGRADE
                : copy.is(PageCopy.DATA_HERE) ? CopyEvent.GRANT_LAST : CopyEvent.GRANT;
            case PUT_ACK -> CopyEvent.PUT_ACK;
            case UNAVAILABLE -> CopyEvent.UNAVAILABLE;
            case GET_S, GET_M, PUT, INV_ACK, DONE -> null;
        };
    }

    private Outcome local(final PageCopy copy, final CopyEvent event, final Effects effects) {
        final Row row = table.row(copy.state(), event);
        if (row == null) {
            throw new IllegalStateException(event + " in state " + copy);
        }
        return apply(copy, row, null, effects);
    }

    private Outcome apply(final PageCopy copy, final Row row, final Message message, final Effects effects) {
        for (int i = 0; i < row.conditions().size(); i++) {
            if (!isMet(row.conditions().get(i), copy)) {
                return Outcome.HELD;
            }
        }
        if (copy.seq == 0 && row.next().isWaiting() && outstanding.isTaken(outstanding.highest() + 1)) {
            return Outcome.HELD;
        }
        int flags = copy.flags();
        for (int i = 0; i < row.actions().size(); i++) {
            switch (row.actions().get(i)) {
                case HIT -> {
                    return Outcome.HIT;
                }
                case WAIT -> {
                    return Outcome.WAIT;
                }
                case REQUEST_S -> request(MessageType.GET_S, copy, effects);
                case REQUEST_M -> request(MessageType.GET_M, copy, effects);
                case REQUEST_UPGRADE -> request(MessageType.GET_M, copy, effects).upgrade = true;
                case SEND_PUT -> request(MessageType.PUT, copy, effects).version = copy.version;
                case SEND_DATA_S ->
                    answer(MessageType.DATA_S, message, message.requester, effects).version = copy.version;
                case SEND_DATA_M ->
                    answer(MessageType.DATA_M, message, message.requester, effects).version = copy.version;
                case ACK_INV -> answer(MessageType.INV_ACK, message, Message.RESPONSIBLE, effects);
                case TAKE_DATA -> copy.version = message.version;
                case NOTE_DATA -> flags |= PageCopy.DATA_HERE;
                case NOTE_GRANT -> flags |= PageCopy.GRANTED;
                case SEND_DONE -> {
                    answer(MessageType.DONE, message, Message.RESPONSIBLE, effects);
                    copy.ts = message.ts;
                    flags = PageCopy.UNUSED;
                }
            }
        }
        transition(copy, row.next(), flags);
        return Outcome.APPLIED;
    }

    private Message request(final MessageType type, final PageCopy copy, final Effects effects) {
        copy.seq = outstanding.highest() + 1;
        outstanding.add(copy.seq);
        return repeat(type, copy, effects);
    }

    private Message repeat(final MessageType type, final PageCopy copy, final Effects effects) {
        return effects.add(type, node, Message.RESPONSIBLE, epoch, node, copy.seq, copy.ts);
    }

    private Message answer(final MessageType type, final Message cause, final int to, final Effects effects) {
        return effects.add(type, node, to, epoch, cause.requester, cause.seq, cause.ts);
    }

    /** The only place where a copy changes its state. */
    private void transition(final PageCopy copy, final CopyState next, final int flags) {
        if (!next.isWaiting() && copy.seq != 0) {
            outstanding.clear(copy.seq);
            copy.seq = 0;
        }
        final int kept = flags & flagsOf(next);
        if (!next.isLive()) {
            copy.ts = 0;
            copy.version = (kept & PageCopy.DATA_HERE) != 0 ? copy.version : 0;
        }
        copy.set(next, kept);
        if (next.isWaiting() != (copy.seq != 0) || next.isLive() != (copy.ts != 0) || copy.seq < 0 || copy.ts < 0) {
            throw new IllegalStateException("inconsistent copy: " + copy);
        }
    }

    private static int flagsOf(final CopyState state) {
        return switch (state) {
            case IM -> PageCopy.DATA_HERE | PageCopy.GRANTED;
            case S -> PageCopy.UNUSED;
            case M -> PageCopy.UNUSED | PageCopy.CHANGED;
            default -> 0;
        };
    }
}
