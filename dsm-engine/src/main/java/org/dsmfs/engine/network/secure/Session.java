package org.dsmfs.engine.network.secure;

import javax.crypto.spec.SecretKeySpec;
import java.net.InetSocketAddress;

/** Keys that two endpoints agreed on, one per direction, and what each has seen of the other under them. */
final class Session {
    /** Socket at the other end; datagrams of the session come from nowhere else. */
    final InetSocketAddress address;
    /** In what the other end sends. */
    final long idHere;
    /** In what this end sends. */
    final long idThere;
    final SecretKeySpec sealKey;
    final SecretKeySpec openKey;
    /** Order in which this endpoint made its sessions. */
    final long serial;
    final ReplayWindow window = new ReplayWindow();
    private long lastNumber;

    Session(
        final InetSocketAddress address,
        final long idHere,
        final long idThere,
        final SecretKeySpec sealKey,
        final SecretKeySpec openKey,
        final long serial) {
        this.address = address;
        this.idHere = idHere;
        this.idThere = idThere;
        this.sealKey = sealKey;
        this.openKey = openKey;
        this.serial = serial;
    }

    /** @return number of the next datagram, 1..{@link Datagram#MAX_NUMBER} */
    long nextNumber() {
        if (isExhausted()) {
            throw new IllegalStateException("a nonce would be used twice");
        }
        return ++lastNumber;
    }

    /** @return datagrams sealed so far */
    long sealed() {
        return lastNumber;
    }

    boolean isExhausted() {
        return lastNumber == Datagram.MAX_NUMBER;
    }
}
