package org.dsmfs.engine.network.secure;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.protocol.RttMeasurementFlyweight;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;

/** Publications' end of a UDP channel, sealed. */
final class SecureSendEndpoint extends SendChannelEndpoint {
    private final Gate gate;

    SecureSendEndpoint(
        final UdpChannel channel, final AtomicCounter status, final MediaDriver.Context context, final Gate gate) {
        super(channel, status, context);
        this.gate = gate;
    }

    @Override
    public int send(final ByteBuffer frame) {
        final int frameLength = frame.remaining();
        return Gate.sent(super.send(gate.load(frame)), frameLength);
    }

    @Override
    public int send(final ByteBuffer frame, final InetSocketAddress to) {
        final int frameLength = frame.remaining();
        return Gate.sent(super.send(gate.load(frame), to), frameLength);
    }

    /** {@inheritDoc} Called once for each destination, with what {@code Gate.load} returned. */
    @Override
    public void sendHook(final ByteBuffer datagram, final InetSocketAddress to) {
        gate.fill(datagram, to);
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
    public void onRttMeasurement(
        final RttMeasurementFlyweight header,
        final UnsafeBuffer buffer,
        final int length,
        final InetSocketAddress from) {
        if (!gate.isHandshake()) {
            super.onRttMeasurement(header, buffer, length, from);
            return;
        }
        final ByteBuffer answer = gate.answer(from);
        if (answer != null) {
            try {
                sendDatagramChannel.send(answer, from);
            } catch (final PortUnreachableException e) {
                // The other end is gone; whoever comes there asks again.
                return;
            } catch (final IOException e) {
                onSendError(e, from, errorHandler);
            }
        }
    }
}
