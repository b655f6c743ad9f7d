package org.dsmfs.engine.network.aeron;

import io.aeron.Aeron;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.RegistrationException;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.network.Stream;

import java.util.ArrayList;
import java.util.List;

/** What arrives at this node's port: the streams of all peers, by session. The thread that polls. */
final class Listener {
    /** Frames taken of a stream per poll, in the order of {@link Stream}. */
    private static final int[] FRAME_LIMITS = {256, 128, 64, 64};

    /** Told of what arrives. */
    interface Sink {
        /** A message that is whole: of the length that its header says. */
        void onMessage(Stream stream, int session, DirectBuffer buffer, int offset, int length);

        /** Bytes that can't be a message. */
        void onMalformed();

        /** Nothing more will come of a session's stream, or only after a gap. */
        void onSessionLost(int session);
    }

    private final Sink sink;
    private final Subscription[] subscriptions = new Subscription[Stream.VALUES.length];
    private final FragmentHandler[] handlers = new FragmentHandler[Stream.VALUES.length];
    /** Per stream, the sessions that arrive. */
    private final List<Int2ObjectHashMap<MessageAssembler>> sessions = new ArrayList<>();
    private boolean mayHaveMore;

    Listener(final Sink sink) {
        this.sink = sink;
        for (final Stream stream : Stream.VALUES) {
            sessions.add(new Int2ObjectHashMap<>());
            handlers[stream.ordinal()] = (buffer, offset, length, header) ->
                onFrame(stream, header.sessionId(), header.flags(), buffer, offset, length);
        }
    }

    /**
     * Starts to listen.
     *
     * @throws PortInUseException if another process has the port
     * @throws EngineException    if the address can't be listened on
     */
    void open(final Aeron aeron, final String host, final int port) {
        final String channel =
            new ChannelUriStringBuilder().media("udp").endpoint(host + ":" + port).build();
        for (final Stream stream : Stream.VALUES) {
            try {
                subscriptions[stream.ordinal()] = aeron.addSubscription(channel, Streams.streamId(stream),
                    image -> onSession(stream, image), image -> onSessionLost(stream, image));
            } catch (final RegistrationException e) {
                if (e.getMessage().contains("Address already in use")) {
                    throw new PortInUseException(host, port);
                }
                throw new EngineException("can't listen on " + host + ":" + port + ": " + e.getMessage(), e);
            }
        }
    }

    /** @return frames that came, responses first */
    int poll() {
        int frames = 0;
        mayHaveMore = false;
        for (final Stream stream : Stream.VALUES) {
            final int index = stream.ordinal();
            final int ofStream = subscriptions[index].poll(handlers[index], FRAME_LIMITS[index]);
            mayHaveMore |= ofStream >= FRAME_LIMITS[index];
            frames += ofStream;
        }
        return frames;
    }

    /** @return whether frames that are here may have been left by the last {@link #poll} */
    boolean mayHaveMore() {
        return mayHaveMore;
    }

    /** @return whether all streams of the session arrive */
    boolean isWhole(final int session) {
        for (final Int2ObjectHashMap<MessageAssembler> ofStream : sessions) {
            if (!ofStream.containsKey(session)) {
                return false;
            }
        }
        return true;
    }

    private void onSession(final Stream stream, final Image image) {
        sessions.get(stream.ordinal()).put(image.sessionId(), new MessageAssembler());
    }

    private void onSessionLost(final Stream stream, final Image image) {
        sessions.get(stream.ordinal()).remove(image.sessionId());
        sink.onSessionLost(image.sessionId());
    }

    private void onFrame(final Stream stream, final int session, final byte flags, final DirectBuffer buffer,
            final int offset, final int length) {
        final MessageAssembler assembler = sessions.get(stream.ordinal()).get(session);
        if ((flags & FrameDescriptor.UNFRAGMENTED) == FrameDescriptor.UNFRAGMENTED) {
            assembler.reset();
            if (MessageHeader.messageBytes(buffer, offset, length) == length) {
                sink.onMessage(stream, session, buffer, offset, length);
            } else {
                sink.onMalformed();
            }
            return;
        }
        switch (assembler.onFrame(flags, buffer, offset, length)) {
            case COMPLETE -> sink.onMessage(stream, session, assembler.message(), 0, assembler.messageBytes());
            case MALFORMED -> sink.onMalformed();
            case INCOMPLETE -> { }
        }
    }
}
