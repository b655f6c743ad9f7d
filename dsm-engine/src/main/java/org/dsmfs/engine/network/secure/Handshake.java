package org.dsmfs.engine.network.secure;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Makes and reads the two datagrams by which endpoints agree on a session, and derives its keys. Each end puts in a
 * random share, so that a session is new to both of them. One thread.
 */
final class Handshake {
    private final Hkdf hkdf;
    private final Mac mac;
    private final SecureRandom random = new SecureRandom();
    private final byte[] bytes = new byte[Datagram.HANDSHAKE_BYTES];

    Handshake(final ClusterKey key) {
        hkdf = key.hkdf();
        mac = hkdf.mac("handshake");
    }

    /** @return random bytes for one session; the first 8 of them are the session's id at this end */
    byte[] newShare() {
        final byte[] share = new byte[Datagram.SHARE_BYTES];
        random.nextBytes(share);
        return share;
    }

    /** @return a session's id at the end that put in the share */
    static long id(final byte[] share) {
        return new UnsafeBuffer(share).getLong(0, ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes OPEN at the buffer's position. */
    void writeOpen(final ByteBuffer target, final EndpointRole role, final byte[] share) {
        write(target, Datagram.OPEN, role, share, new byte[Datagram.SHARE_BYTES]);
    }

    /** Writes ACCEPT at the buffer's position. */
    void writeAccept(
        final ByteBuffer target, final EndpointRole role, final byte[] openerShare, final byte[] accepterShare) {
        write(target, Datagram.ACCEPT, role, openerShare, accepterShare);
    }

    /** Takes a datagram of the length of a handshake, for the methods below. */
    void read(final DirectBuffer datagram) {
        datagram.getBytes(0, bytes);
    }

    /** @return whether somebody who holds the cluster key made it */
    boolean isGenuine() {
        mac.update(bytes, 0, Datagram.MAC_OFFSET);
        final byte[] genuine = mac.doFinal();
        final byte[] given = Arrays.copyOfRange(bytes, Datagram.MAC_OFFSET, Datagram.HANDSHAKE_BYTES);
        return MessageDigest.isEqual(genuine, given);
    }

    /** @return whether an endpoint of that role made it */
    boolean isFrom(final EndpointRole role) {
        return bytes[Datagram.ROLE_OFFSET] == role.code;
    }

    int type() {
        return bytes[Datagram.TYPE_OFFSET];
    }

    byte[] openerShare() {
        return share(Datagram.OPENER_SHARE_OFFSET);
    }

    byte[] accepterShare() {
        return share(Datagram.ACCEPTER_SHARE_OFFSET);
    }

    /** @return the session as the endpoint that opened it has it */
    Session opened(
        final InetSocketAddress address, final byte[] openerShare, final byte[] accepterShare, final long serial) {
        return new Session(address, id(openerShare), id(accepterShare),
            openerKey(openerShare, accepterShare), accepterKey(openerShare, accepterShare), serial);
    }

    /** @return the session as the endpoint that accepted it has it */
    Session accepted(
        final InetSocketAddress address, final byte[] openerShare, final byte[] accepterShare, final long serial) {
        return new Session(address, id(accepterShare), id(openerShare),
            accepterKey(openerShare, accepterShare), openerKey(openerShare, accepterShare), serial);
    }

    private SecretKeySpec openerKey(final byte[] openerShare, final byte[] accepterShare) {
        return key("from opener", openerShare, accepterShare);
    }

    private SecretKeySpec accepterKey(final byte[] openerShare, final byte[] accepterShare) {
        return key("from accepter", openerShare, accepterShare);
    }

    private SecretKeySpec key(final String label, final byte[] openerShare, final byte[] accepterShare) {
        final byte[] shares = Arrays.copyOf(openerShare, 2 * Datagram.SHARE_BYTES);
        System.arraycopy(accepterShare, 0, shares, Datagram.SHARE_BYTES, Datagram.SHARE_BYTES);
        return new SecretKeySpec(hkdf.expand(label, shares, DatagramCipher.KEY_BYTES), DatagramCipher.KEY_ALGORITHM);
    }

    private void write(
        final ByteBuffer target,
        final int type,
        final EndpointRole role,
        final byte[] openerShare,
        final byte[] accepterShare) {
        Arrays.fill(bytes, (byte) 0);
        bytes[Datagram.VERSION_OFFSET] = Datagram.VERSION;
        bytes[Datagram.TYPE_OFFSET] = (byte) type;
        bytes[Datagram.ROLE_OFFSET] = role.code;
        System.arraycopy(openerShare, 0, bytes, Datagram.OPENER_SHARE_OFFSET, Datagram.SHARE_BYTES);
        System.arraycopy(accepterShare, 0, bytes, Datagram.ACCEPTER_SHARE_OFFSET, Datagram.SHARE_BYTES);
        mac.update(bytes, 0, Datagram.MAC_OFFSET);
        System.arraycopy(mac.doFinal(), 0, bytes, Datagram.MAC_OFFSET, Datagram.MAC_BYTES);
        target.put(bytes);
    }

    private byte[] share(final int offset) {
        return Arrays.copyOfRange(bytes, offset, offset + Datagram.SHARE_BYTES);
    }
}
