package org.dsmfs.engine.network.aeron;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/** What addresses say about the way to them. */
final class Addresses {
    private Addresses() {
    }

    /** @return whether the address stands for all of this machine's */
    static boolean isWildcard(final String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress();
        } catch (final UnknownHostException e) {
            return false;
        }
    }

    /** @return whether the host is this machine, so that datagrams to it pass no network; false if unknown */
    static boolean isLocal(final String hostAndPort) {
        try {
            final InetAddress address = InetAddress.getByName(hostAndPort.substring(0, hostAndPort.lastIndexOf(':')));
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (final UnknownHostException | SocketException | IndexOutOfBoundsException e) {
            return false;
        }
    }
}
