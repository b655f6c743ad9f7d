package org.dsmfs.engine.network.aeron;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import org.agrona.DirectBuffer;
import org.dsmfs.engine.network.Network;
import org.dsmfs.engine.network.Stream;

import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * This node's side of one connection with a peer, from the first attempt until it breaks; then a new link takes over.
 *
 * <p>Aeron repairs what a network does to datagrams, but a session that it gave up may be taken up again with a hole,
 * and a process that starts anew receives what was meant for the one before. So a <em>connection</em> is named by two
 * random numbers, one of each side. HELLO and WELCOME tell them; who has heard its own number from the other side is
 * connected. Both fill a datagram: where those get lost that are as large as this there is no connection, rather than
 * one over which no page comes. Each message names both numbers, and those of another connection are dropped. As soon
 * as one of the streams in either direction is in doubt the link is broken; the HELLO of the next one, with another
 * number and in another session, tells the other side. Used by the thread that polls, but for {@link #send}.
 */
final class Link {
    private static final long HELLO_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private enum State {
        /** The numbers are not known to both sides yet, as far as is known here. */
        CONNECTING,
        /** Messages go in both directions. */
        CONNECTED,
        /** Messages may have been lost, or the peer took another number: of no use any more. */
        BROKEN
    }

    private final Identity self;
    private final String host;
    private final Network.Peer peer;
    /** This side's number of the connection. */
    private final long mine;
    private final IntPredicate isWhole;
    private final StreamSender[] senders = new StreamSender[Stream.VALUES.length];
    private State state = State.CONNECTING;
    private boolean wasConnected;
    /** The peer's number, 0 while it is unknown. */
    private long theirs;
    /** Session of the peer's that told {@link #theirs}, meaningless while that is unknown. */
    private int theirSession;
    private boolean owesWelcome;
    private long nextHelloNs = System.nanoTime();

    /**
     * @param host    address that this node sends from
     * @param number  random, not 0
     * @param isWhole whether all streams of a session arrive here
     */
    Link(final Identity self, final String host, final Network.Peer peer, final long number, final IntPredicate isWhole) {
        this.self = self;
        this.host = host;
        this.peer = peer;
        this.mine = number;
        this.isWhole = isWhole;
    }

    Network.Peer peer() {
        return peer;
    }

    /** Makes the publications: once, before anything else. */
    void open(final Aeron aeron, final int session, final int mtuBytes) {
        final ChannelUriStringBuilder channel = new ChannelUriStringBuilder().media("udp").endpoint(peer.address())
            .sessionId(session).mtu(mtuBytes);
        if (!Addresses.isWildcard(host)) {
            channel.networkInterface(host);
        }
        for (final Stream stream : Stream.VALUES) {
            channel.termLength(Streams.termBytes(stream));
            senders[stream.ordinal()] = new StreamSender(
                aeron.addExclusivePublication(channel.build(), Streams.streamId(stream)));
        }
    }

    /** Lets go of the publications; also where {@link #open} failed. */
    void close() {
        for (final StreamSender sender : senders) {
            if (sender != null) {
                sender.close();
            }
        }
    }

    boolean isBroken() {
        return state == State.BROKEN;
    }

    /** @return whether messages go in both directions */
    boolean isConnected() {
        return state == State.CONNECTED;
    }

    /** @return whether messages may have been sent or come */
    boolean wasConnected() {
        return wasConnected;
    }

    /** @return whether the message is under way; any thread */
    boolean send(final Stream stream, final DirectBuffer buffer, final int offset, final int length) {
        return senders[stream.ordinal()].send(buffer, offset, length);
    }

    /** @return whether a message is of this connection, which is thereby made */
    boolean accepts(final int session, final long fromConnection, final long toConnection) {
        if (state == State.BROKEN || theirs == 0 || fromConnection != theirs || toConnection != mine
            || session != theirSession) {
            return false;
        }
        connect();
        return true;
    }

    /**
     * The peer told its number.
     *
     * @param fromConnection that number, not 0
     * @param toConnection   what the peer takes for this side's number, 0 if it knows none
     */
    void onGreeting(final short type, final int session, final long fromConnection, final long toConnection) {
        if (state == State.BROKEN) {
            return;
        }
        if (state == State.CONNECTED && (fromConnection != theirs || session != theirSession)) {
            breakUp();
            return;
        }
        theirs = fromConnection;
        theirSession = session;
        owesWelcome |= type == MessageHeader.HELLO;
        if (toConnection == mine) {
            connect();
        }
    }

    /** A stream of the session does not arrive any more. The peer may have been connected even if this side was not. */
    void onSessionLost(final int session) {
        if (theirs != 0 && session == theirSession) {
            breakUp();
        }
    }

    /** Greets while there is no connection, and checks the one there is. */
    void onTime(final long nowNs) {
        if (state == State.BROKEN) {
            return;
        }
        if (!reachesPeer()) {
            if (state == State.CONNECTED) {
                breakUp();
            }
            return;
        }
        final boolean hearsPeer = theirs != 0 && isWhole.test(theirSession);
        if (owesWelcome && hearsPeer) {
            owesWelcome = !greet(MessageHeader.WELCOME, theirs);
        }
        if (state == State.CONNECTING && nowNs - nextHelloNs >= 0) {
            greet(MessageHeader.HELLO, hearsPeer ? theirs : 0);
            nextHelloNs = nowNs + HELLO_INTERVAL_NS;
        }
    }

    /** @return more than 0 if frames were sent that had had to wait */
    int sendRest() {
        int sent = 0;
        for (final StreamSender sender : senders) {
            sent += sender.sendRest();
        }
        return sent;
    }

    private boolean reachesPeer() {
        for (final StreamSender sender : senders) {
            if (!sender.isConnected()) {
                return false;
            }
        }
        return true;
    }

    private void connect() {
        if (state == State.CONNECTING) {
            state = State.CONNECTED;
            wasConnected = true;
            final DirectBuffer header = header(MessageHeader.DATA, theirs);
            for (final StreamSender sender : senders) {
                sender.start(header);
            }
        }
    }

    private void breakUp() {
        state = State.BROKEN;
        for (final StreamSender sender : senders) {
            sender.stop();
        }
    }

    private boolean greet(final short type, final long toConnection) {
        return senders[Stream.RESPONSE.ordinal()].sendControl(header(type, toConnection));
    }

    private DirectBuffer header(final short type, final long toConnection) {
        return MessageHeader.of(type, self.space(), self.node(), self.incarnation(), peer.node(), peer.incarnation(),
            mine, toConnection);
    }
}
