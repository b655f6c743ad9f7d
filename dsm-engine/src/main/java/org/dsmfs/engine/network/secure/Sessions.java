package org.dsmfs.engine.network.secure;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.NanoClock;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sessions of one endpoint. Where a frame is to be sent and there is no session yet, a request for one goes
 * instead. The frame is sent as soon as there is one, if it is short as setup and status frames are, otherwise it is
 * lost; Aeron sends frames of those kinds again and again, so nothing else is needed to repeat requests. Nothing that
 * does not prove the cluster key is answered. One thread.
 */
final class Sessions {
    /** Datagrams after which a session is replaced: far below what AES-GCM allows under one key. */
    static final long REPLACE_AFTER_DATAGRAMS = 1L << 31;
    /** Remote sockets that are remembered; the one that is unused for longest is forgotten first. */
    static final int MAX_PEERS = 4096;
    /** Sessions that were accepted and have not been used yet; the oldest is forgotten first. */
    static final int MAX_HALF_OPEN = 1024;

    /** Longest frame that is held back: so that what is sent for an ACCEPT is no longer than that. */
    private static final int MAX_HELD_FRAME_BYTES = Datagram.HANDSHAKE_BYTES - Datagram.OVERHEAD_BYTES;

    private final EndpointRole role;
    private final DatagramCipher cipher;
    private final Handshake handshake;
    private final NanoClock clock;
    private final Refusals refusals;
    private final long replaceAfterDatagrams;

    private final Long2ObjectHashMap<Session> byId = new Long2ObjectHashMap<>();
    private final Map<Long, Session> halfOpen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<Long, Session> eldest) {
            return size() > MAX_HALF_OPEN;
        }
    };
    private final Map<InetSocketAddress, Peer> peers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<InetSocketAddress, Peer> eldest) {
            if (size() <= MAX_PEERS) {
                return false;
            }
            forget(eldest.getValue().current());
            forget(eldest.getValue().previous());
            return true;
        }
    };
    private long lastSerial;

    /** @param replaceAfterDatagrams {@link #REPLACE_AFTER_DATAGRAMS}, or less in a test */
    Sessions(
        final EndpointRole role,
        final DatagramCipher cipher,
        final Handshake handshake,
        final NanoClock clock,
        final Refusals refusals,
        final long replaceAfterDatagrams) {
        this.role = role;
        this.cipher = cipher;
        this.handshake = handshake;
        this.clock = clock;
        this.refusals = refusals;
        this.replaceAfterDatagrams = replaceAfterDatagrams;
    }

    /** Fills the buffer with what is to be sent to the address now for the frame that the cipher has loaded. */
    void seal(final ByteBuffer target, final InetSocketAddress to) {
        final Peer peer = peers.computeIfAbsent(to, address -> new Peer());
        final Session session = peer.current();
        final long nowNs = clock.nanoTime();
        target.clear();
        if (session == null || session.isExhausted() || isWorn(peer, session, nowNs) && peer.isOpenDue(nowNs)) {
            final byte[] share = peer.openShare() == null ? newShare() : peer.openShare();
            peer.onOpen(share, cipher.copyOfFrame(MAX_HELD_FRAME_BYTES), nowNs);
            handshake.writeOpen(target, role, share);
        } else {
            cipher.seal(session, target);
            peer.onSent(nowNs);
        }
        target.flip();
    }

    private boolean isWorn(final Peer peer, final Session session, final long nowNs) {
        return session.sealed() >= replaceAfterDatagrams || peer.isSilent(nowNs);
    }

    /** @return whether the datagram is a handshake and was taken; {@link #answer} is to be called then */
    boolean takeHandshake(final DirectBuffer datagram, final int length) {
        if (length != Datagram.HANDSHAKE_BYTES || datagram.getByte(Datagram.VERSION_OFFSET) != Datagram.VERSION
            || datagram.getByte(Datagram.TYPE_OFFSET) != Datagram.OPEN
            && datagram.getByte(Datagram.TYPE_OFFSET) != Datagram.ACCEPT) {
            return false;
        }
        handshake.read(datagram);
        return true;
    }

    /**
     * Opens a datagram that is not a handshake, in its buffer.
     *
     * @return bytes of the frame, which is at the beginning of the buffer then; -1 if the datagram is refused
     */
    int open(final MutableDirectBuffer buffer, final int length, final InetSocketAddress from) {
        if (length < Datagram.OVERHEAD_BYTES || length > Datagram.MAX_BYTES
            || buffer.getByte(Datagram.VERSION_OFFSET) != Datagram.VERSION
            || buffer.getByte(Datagram.TYPE_OFFSET) != Datagram.SEALED) {
            return refuse(Refusals.Reason.MALFORMED, from);
        }
        final long id = buffer.getLong(Datagram.SESSION_OFFSET, ByteOrder.LITTLE_ENDIAN);
        final Session known = byId.get(id);
        final Session session = known != null ? known : halfOpen.get(id);
        if (session == null || !session.address.equals(from)) {
            return refuse(Refusals.Reason.UNKNOWN_SESSION, from);
        }
        final long number = DatagramCipher.number(buffer);
        if (!session.window.admits(number)) {
            return refuse(Refusals.Reason.REPLAYED, from);
        }
        if (!cipher.open(session, number, buffer, length)) {
            return refuse(Refusals.Reason.FORGED, from);
        }
        session.window.add(number);
        if (known == null) {
            halfOpen.remove(id);
            takeUp(session);
        }
        peers.get(from).onHeard(session, clock.nanoTime());
        return length - Datagram.OVERHEAD_BYTES;
    }

    /**
     * Judges the handshake that was taken.
     *
     * @param answer filled with what is to be sent back
     * @return whether there is something to be sent back; never for what does not prove the cluster key
     */
    boolean answer(final InetSocketAddress from, final ByteBuffer answer) {
        if (!handshake.isGenuine()) {
            refuse(Refusals.Reason.WRONG_KEY, from);
            return false;
        }
        if (!handshake.isFrom(role.other())) {
            refuse(Refusals.Reason.FORGED, from);
            return false;
        }
        if (handshake.type() == Datagram.ACCEPT) {
            return onAccept(from, answer);
        }
        final byte[] openerShare = handshake.openerShare();
        final byte[] accepterShare = newShare();
        final Session session = handshake.accepted(from, openerShare, accepterShare, ++lastSerial);
        halfOpen.put(session.idHere, session);
        answer.clear();
        handshake.writeAccept(answer, role, openerShare, accepterShare);
        answer.flip();
        return true;
    }

    /** @return whether a frame was held back that can be sent now */
    private boolean onAccept(final InetSocketAddress from, final ByteBuffer answer) {
        final Peer peer = peers.get(from);
        final byte[] openerShare = handshake.openerShare();
        if (peer == null || !Arrays.equals(peer.openShare(), openerShare)) {
            refuse(Refusals.Reason.REPLAYED, from);
            return false;
        }
        final byte[] frame = peer.onAccept();
        takeUp(handshake.opened(from, openerShare, handshake.accepterShare(), ++lastSerial));
        if (frame == null) {
            return false;
        }
        cipher.load(ByteBuffer.wrap(frame));
        seal(answer, from);
        return true;
    }

    private void takeUp(final Session session) {
        byId.put(session.idHere, session);
        forget(peers.computeIfAbsent(session.address, address -> new Peer()).add(session));
    }

    private void forget(final Session session) {
        if (session != null) {
            byId.remove(session.idHere);
        }
    }

    /** @return a share whose id is not in use here */
    private byte[] newShare() {
        byte[] share;
        do {
            share = handshake.newShare();
        } while (byId.containsKey(Handshake.id(share)) || halfOpen.containsKey(Handshake.id(share)));
        return share;
    }

    private int refuse(final Refusals.Reason reason, final InetSocketAddress from) {
        refusals.add(reason, from);
        return -1;
    }
}
