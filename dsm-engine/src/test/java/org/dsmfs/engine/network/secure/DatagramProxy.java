package org.dsmfs.engine.network.secure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Somebody on the way between clients and a server on loopback, who sees all datagrams and may do what they like with
 * them. The server sees each client under an address of the proxy's.
 */
final class DatagramProxy implements AutoCloseable {
    /** What is done with a datagram. */
    interface Tamper {
        /** @param onward sends something to where the datagram was going */
        void pass(byte[] datagram, boolean toServer, Onward onward) throws IOException;
    }

    interface Onward {
        void send(byte[] datagram) throws IOException;
    }

    /** Passes on all as it is. */
    static final Tamper NOTHING = (datagram, toServer, onward) -> onward.send(datagram);

    /** What clients sent, as long as {@link #recording}. */
    final List<byte[]> toServer = new CopyOnWriteArrayList<>();
    volatile boolean recording;
    volatile Tamper tamper = NOTHING;

    private final InetSocketAddress server;
    private final Selector selector;
    private final DatagramChannel front;
    private final Map<InetSocketAddress, DatagramChannel> backs = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private final Thread thread = new Thread(this::run, "datagram-proxy");
    private volatile IOException failure;

    DatagramProxy(final int serverPort) throws IOException {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
        selector = Selector.open();
        front = open(null);
        thread.start();
    }

    int port() throws IOException {
        return ((InetSocketAddress) front.getLocalAddress()).getPort();
    }

    /** Sends to the server what did not come from a client now, from the address of the client that was first. */
    void inject(final byte[] datagram) throws IOException {
        final DatagramChannel back;
        synchronized (backs) {
            back = backs.values().iterator().next();
        }
        back.write(ByteBuffer.wrap(datagram));
    }

    private DatagramChannel open(final InetSocketAddress client) throws IOException {
        final DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.configureBlocking(false);
        if (client != null) {
            channel.connect(server);
        }
        channel.register(selector, SelectionKey.OP_READ, client);
        return channel;
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> {
                    try {
                        forward((DatagramChannel) key.channel(), (InetSocketAddress) key.attachment());
                    } catch (final PortUnreachableException e) {
                        // The server is down: the datagram is lost, as it would be without a proxy.
                        return;
                    } catch (final IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }, 50);
            }
        } catch (final ClosedSelectorException e) {
            return;
        } catch (final UncheckedIOException e) {
            failure = e.getCause();
        } catch (final IOException e) {
            failure = e;
        }
    }

    private void forward(final DatagramChannel channel, final InetSocketAddress client) throws IOException {
        buffer.clear();
        final InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
        if (from == null) {
            return;
        }
        final byte[] datagram = received();
        if (client == null) {
            if (recording) {
                toServer.add(datagram);
            }
            final DatagramChannel back = back(from);
            tamper.pass(datagram, true, bytes -> back.write(ByteBuffer.wrap(bytes)));
        } else {
            tamper.pass(datagram, false, bytes -> front.send(ByteBuffer.wrap(bytes), client));
        }
    }

    private byte[] received() {
        final byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return bytes;
    }

    private DatagramChannel back(final InetSocketAddress client) throws IOException {
        synchronized (backs) {
            if (!backs.containsKey(client)) {
                backs.put(client, open(client));
            }
            return backs.get(client);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        selector.close();
        thread.join();
        front.close();
        for (final DatagramChannel back : backs.values()) {
            back.close();
        }
        if (failure != null) {
            throw failure;
        }
    }
}
