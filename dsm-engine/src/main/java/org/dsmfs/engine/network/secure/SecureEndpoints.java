package org.dsmfs.engine.network.secure;

import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.UdpChannel;
import org.agrona.SystemUtil;
import org.dsmfs.engine.network.aeron.DatagramCover;

/**
 * Makes a media driver seal all its UDP datagrams. Both ends of a channel must do so, under the same key; a driver with
 * another one, or with none, never connects. Unicast only, with one or many destinations.
 */
public final class SecureEndpoints implements DatagramCover {
    /** What sealing adds to a datagram, bytes. */
    public static final int OVERHEAD_BYTES = Datagram.OVERHEAD_BYTES;
    /** Largest MTU of a driver or channel, bytes: what Aeron's largest datagram has room for. */
    public static final int MAX_MTU_BYTES = Datagram.MAX_FRAME_BYTES;

    private final ClusterKey key;
    private final Refusals refusals = new Refusals();

    /** @param key that all nodes hold */
    public SecureEndpoints(final ClusterKey key) {
        this.key = key;
    }

    /** @return counts of what the endpoints refuse */
    public Refusals refusals() {
        return refusals;
    }

    @Override
    public int overheadBytes() {
        return OVERHEAD_BYTES;
    }

    /**
     * {@inheritDoc}
     *
     * @param context its MTU is for frames, to which {@link #OVERHEAD_BYTES} come; must not use Aeron's name resolver,
     *                whose datagrams are sent elsewhere
     */
    @Override
    public void install(final MediaDriver.Context context) {
        if (context.resolverInterface() != null) {
            throw new IllegalArgumentException("the datagrams of Aeron's name resolver can't be sealed");
        }
        checkMtu(context.mtuLength(), "the driver");
        final EndpointThread senders = new EndpointThread(EndpointRole.SENDER, key, refusals);
        final EndpointThread receivers = new EndpointThread(EndpointRole.RECEIVER, key, refusals);
        context.sendChannelEndpointSupplier((channel, status, driver) -> {
            check(channel);
            return new SecureSendEndpoint(
                channel, status, driver, senders.newGate(driver.senderCachedNanoClock()));
        });
        context.receiveChannelEndpointSupplier((channel, dispatcher, status, driver) -> {
            check(channel);
            return new SecureReceiveEndpoint(
                channel, dispatcher, status, driver, receivers.newGate(driver.receiverCachedNanoClock()));
        });
    }

    private static void check(final UdpChannel channel) {
        if (channel.isMulticast()) {
            throw new IllegalArgumentException("multicast can't be sealed: " + channel.originalUriString());
        }
        final String mtu = channel.channelUri().get(CommonContext.MTU_LENGTH_PARAM_NAME);
        if (mtu != null) {
            checkMtu(SystemUtil.parseSize(CommonContext.MTU_LENGTH_PARAM_NAME, mtu), channel.originalUriString());
        }
    }

    private static void checkMtu(final long mtuBytes, final String of) {
        if (mtuBytes > MAX_MTU_BYTES) {
            throw new IllegalArgumentException(
                "an MTU of " + mtuBytes + " bytes leaves no room for sealing, at most " + MAX_MTU_BYTES + ": " + of);
        }
    }
}
