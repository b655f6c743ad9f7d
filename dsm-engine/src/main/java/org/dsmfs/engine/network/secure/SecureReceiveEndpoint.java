package org.dsmfs.engine.network.secure;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ImageConnection;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.ReceiveDestinationTransport;
import io.aeron.driver.media.UdpChannel;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.RttMeasurementFlyweight;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;

/**
 * Subscriptions' end of a UDP channel, sealed. A channel with several destinations has a socket for each, which Aeron
 * leaves no way to override, so this sends to them itself.
 */
final class SecureReceiveEndpoint extends ReceiveChannelEndpoint {
    /** Aeron's own: sources that were not heard of for so long get no status. */
    private static final long CONNECTION_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    private final Gate gate;
    private final NanoClock clock;
    private final AtomicCounter shortSends;

    SecureReceiveEndpoint(
        final UdpChannel channel,
        final DataPacketDispatcher dispatcher,
        final AtomicCounter status,
        final MediaDriver.Context context,
        final Gate gate) {
        super(channel, dispatcher, status, context);
        this.gate = gate;
        clock = context.receiverCachedNanoClock();
        shortSends = context.systemCounters().get(SystemCounterDescriptor.SHORT_SENDS);
    }

    @Override
    public int sendTo(final ByteBuffer frame, final InetSocketAddress to) {
        final int frameLength = frame.remaining();
        return Gate.sent(super.sendTo(gate.load(frame), to), frameLength);
    }

    /** {@inheritDoc} Called once for each destination, with what {@code Gate.load} returned. */
    @Override
    public void sendHook(final ByteBuffer datagram, final InetSocketAddress to) {
        gate.fill(datagram, to);
    }

    @Override
    protected void send(final ByteBuffer frame, final int length, final ImageConnection[] connections) {
        if (!hasDestinationControl()) {
            super.send(frame, length, connections);
            return;
        }
        final long nowNs = clock.nanoTime();
        final ByteBuffer datagram = gate.load(frame);
        for (int i = 0; i < connections.length; i++) {
            final ImageConnection connection = connections[i];
            if (connection != null && connection.timeOfLastActivityNs + CONNECTION_TIMEOUT_NS - nowNs > 0) {
                sendFromDestination(datagram, i, connection.controlAddress);
            }
        }
    }

    @Override
    protected void send(
        final ByteBuffer frame, final int length, final int transportIndex, final InetSocketAddress to) {
        if (hasDestinationControl()) {
            sendFromDestination(gate.load(frame), transportIndex, to);
        } else {
            super.send(frame, length, transportIndex, to);
        }
    }

    private void sendFromDestination(
        final ByteBuffer datagram, final int transportIndex, final InetSocketAddress to) {
        final ReceiveDestinationTransport transport =
            hasDestination(transportIndex) ? destination(transportIndex) : null;
        if (transport != null) {
            gate.fill(datagram, to);
            transmit(transport.receiveDatagramChannel(), datagram, to);
        }
    }

    private void transmit(final DatagramChannel socket, final ByteBuffer datagram, final InetSocketAddress to) {
        try {
            if (socket.isOpen() && socket.send(datagram, to) == 0) {
                shortSends.increment();
            }
        } catch (final PortUnreachableException e) {
            // The other end is gone; whoever comes there asks again.
            shortSends.increment();
        } catch (final IOException e) {
            onSendError(e, to, errorHandler);
        }
    }

    /** {@inheritDoc} Judged by {@link #receiveHook}, where it is known from whom it comes. */
    @Override
    public boolean isValidFrame(final UnsafeBuffer buffer, final int length) {
        return true;
    }

    @Override
    public void receiveHook(final UnsafeBuffer buffer, final int length, final InetSocketAddress from) {
        gate.receive(buffer, length, from);
    }

    @Override
    public int onDataPacket(
        final DataHeaderFlyweight header,
        final UnsafeBuffer buffer,
        final int length,
        final InetSocketAddress from,
        final int transportIndex) {
        return super.onDataPacket(header, buffer, gate.frameLength(), from, transportIndex);
    }

    @Override
    public void onRttMeasurement(
        final RttMeasurementFlyweight header,
        final UnsafeBuffer buffer,
        final int length,
        final InetSocketAddress from,
        final int transportIndex) {
        if (!gate.isHandshake()) {
            super.onRttMeasurement(header, buffer, length, from, transportIndex);
            return;
        }
        final ByteBuffer answer = gate.answer(from);
        if (answer != null) {
            transmit(hasDestinationControl()
                ? destination(transportIndex).receiveDatagramChannel() : receiveDatagramChannel(), answer, from);
        }
    }
}
