package org.dsmfs.engine.network;

import org.agrona.DirectBuffer;

/**
 * Port to the other nodes of the view. Between two nodes that stay connected nothing is lost and nothing comes twice;
 * messages of one stream come in the order in which they were sent, those of different streams in any order. When a
 * connection breaks, {@link Handler#onDisconnected} says so, and nothing that is under way then arrives any more.
 */
public interface Network extends AutoCloseable {
    /** Largest message, bytes: a megabyte of pages and what belongs to them. */
    int MAX_MESSAGE_BYTES = 2 << 20;

    /** Receives what {@link #poll} finds. */
    interface Handler {
        /**
         * A message has come. The buffer is valid only during the call.
         *
         * @param from node that sent it
         */
        void onMessage(int from, Stream stream, DirectBuffer buffer, int offset, int length);

        /** Messages to the node were lost, or may be: the connection broke or its process is another one now. */
        void onDisconnected(int node);
    }

    /**
     * Sends a message, without waiting. Any thread.
     *
     * @param node   a node of the view, not this one
     * @param length 1..{@link #MAX_MESSAGE_BYTES}
     * @return false if there is no room now (back pressure, or the node can't be reached yet): nothing was sent, try
     *     again later
     */
    boolean send(int node, Stream stream, DirectBuffer buffer, int offset, int length);

    /**
     * Hands over what has come, responses first, and does the network's own work. One thread at a time.
     *
     * @return amount of work done, 0 if there was nothing to do
     */
    int poll(Handler handler);

    /**
     * Does what may not wait until the next {@link #poll}: the network's own work, and that for others in this process
     * who use it. Hands over nothing. The thread that polls, also while it handles a message.
     */
    void keepUp();

    /** @return whether messages go to and come from the node of the view; the thread that polls */
    boolean isConnected(int node);

    /**
     * Whom to talk to from now on: connects to nodes that are new here or are another incarnation now, lets go of those
     * that are missing. The thread that polls.
     */
    void peers(Iterable<Peer> peers);

    /**
     * A node to talk to.
     *
     * @param node        its number
     * @param incarnation starts of it so far; messages of another incarnation are not delivered
     * @param address     host:port of its listener
     */
    record Peer(int node, int incarnation, String address) {
    }

    @Override
    void close();
}
