package org.dsmfs.engine.network.aeron;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ReceiveChannelEndpointSupplier;
import io.aeron.driver.SendChannelEndpointSupplier;
import io.aeron.driver.media.UdpChannelTransport;
import org.dsmfs.engine.EngineException;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * Waits for a datagram at any of a driver's sockets. Nothing in Aeron does: without it an idle node would have to look
 * again and again, and either cost a lot or answer late.
 */
final class SocketReadiness implements AutoCloseable {
    private final Selector selector;
    /** Made by the driver and not open yet; guarded by the driver's lock. */
    private final List<UdpChannelTransport> made = new ArrayList<>();

    SocketReadiness() {
        try {
            selector = Selector.open();
        } catch (final IOException e) {
            throw new EngineException("no selector for sockets: " + e.getMessage(), e);
        }
    }

    /** Learns of all sockets that the driver opens. Whoever sets endpoint suppliers must have done so before. */
    void install(final MediaDriver.Context context) {
        final SendChannelEndpointSupplier senders = context.sendChannelEndpointSupplier();
        context.sendChannelEndpointSupplier((channel, status, driver) ->
            remember(senders.newInstance(channel, status, driver)));
        final ReceiveChannelEndpointSupplier receivers = context.receiveChannelEndpointSupplier();
        context.receiveChannelEndpointSupplier((channel, dispatcher, status, driver) ->
            remember(receivers.newInstance(channel, dispatcher, status, driver)));
    }

    private <T extends UdpChannelTransport> T remember(final T transport) {
        made.add(transport);
        return transport;
    }

    /** Takes up what the driver has opened in its last cycle. Under the driver's lock. */
    void registerNew() {
        for (int i = 0; i < made.size(); i++) {
            final DatagramChannel channel = made.get(i).receiveDatagramChannel();
            if (channel != null && channel.isOpen()) {
                try {
                    channel.register(selector, SelectionKey.OP_READ);
                } catch (final ClosedChannelException e) {
                    throw new IllegalStateException("socket closed outside the driver's cycle", e);
                }
            }
        }
        made.clear();
    }

    /** Returns when a datagram is there, after {@link #wakeUp}, or when the time is over. */
    void await(final long timeoutMs) {
        try {
            selector.select(key -> { }, timeoutMs);
        } catch (final IOException e) {
            throw new EngineException("waiting for sockets failed: " + e.getMessage(), e);
        }
    }

    void wakeUp() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (final IOException e) {
            throw new EngineException("closing the selector of sockets failed: " + e.getMessage(), e);
        }
    }
}
