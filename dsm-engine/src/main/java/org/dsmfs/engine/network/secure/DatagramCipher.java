package org.dsmfs.engine.network.secure;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Seals and opens frames with AES-128-GCM. The buffers are heap arrays, with which the JDK is fastest. One thread.
 */
final class DatagramCipher {
    static final String KEY_ALGORITHM = "AES";
    static final int KEY_BYTES = 16;

    private static final int NONCE_BYTES = 12;
    private static final int NONCE_NUMBER_OFFSET = NONCE_BYTES - Long.BYTES;

    private final Cipher cipher;
    private final byte[] frame = new byte[Datagram.MAX_FRAME_BYTES];
    private final byte[] datagram = new byte[Datagram.MAX_BYTES];
    private final UnsafeBuffer header = new UnsafeBuffer(datagram, 0, Datagram.HEADER_BYTES);
    private final byte[] nonceBytes = new byte[NONCE_BYTES];
    private final UnsafeBuffer nonce = new UnsafeBuffer(nonceBytes);
    private int frameLength;

    DatagramCipher() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is part of every Java platform", e);
        }
    }

    /**
     * Takes the frame that {@link #seal} shall seal, once for each destination.
     *
     * @param source its remaining bytes are the frame, at most {@link Datagram#MAX_FRAME_BYTES}
     */
    void load(final ByteBuffer source) {
        frameLength = source.remaining();
        source.get(frame, 0, frameLength);
    }

    /** @return copy of the loaded frame if it is at most so long, else null */
    byte[] copyOfFrame(final int maxLength) {
        return frameLength <= maxLength ? Arrays.copyOf(frame, frameLength) : null;
    }

    /** Writes the loaded frame, sealed, to the buffer from its current position on. */
    void seal(final Session session, final ByteBuffer target) {
        final long number = session.nextNumber();
        header.putByte(Datagram.VERSION_OFFSET, (byte) Datagram.VERSION);
        header.putByte(Datagram.TYPE_OFFSET, (byte) Datagram.SEALED);
        header.putShort(Datagram.TYPE_OFFSET + 1, (short) 0);
        header.putInt(Datagram.NUMBER_OFFSET, (int) number, ByteOrder.LITTLE_ENDIAN);
        header.putLong(Datagram.SESSION_OFFSET, session.idThere, ByteOrder.LITTLE_ENDIAN);
        try {
            start(Cipher.ENCRYPT_MODE, session.sealKey, number);
            final int sealedLength = cipher.doFinal(frame, 0, frameLength, datagram, Datagram.HEADER_BYTES);
            target.put(datagram, 0, Datagram.HEADER_BYTES + sealedLength);
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("sealing " + frameLength + " bytes", e);
        }
    }

    /**
     * Opens a sealed datagram in its buffer: the frame is at the beginning of it afterwards.
     *
     * @param length of the datagram, {@link Datagram#OVERHEAD_BYTES}..{@link Datagram#MAX_BYTES}
     * @return whether it is genuine; if not, the buffer is as it was
     */
    boolean open(final Session session, final long number, final MutableDirectBuffer buffer, final int length) {
        buffer.getBytes(0, datagram, 0, length);
        try {
            start(Cipher.DECRYPT_MODE, session.openKey, number);
            final int opened =
                cipher.doFinal(datagram, Datagram.HEADER_BYTES, length - Datagram.HEADER_BYTES, frame, 0);
            buffer.putBytes(0, frame, 0, opened);
            return true;
        } catch (final AEADBadTagException e) {
            return false;
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("opening " + length + " bytes", e);
        }
    }

    /** @return number of a sealed datagram in its session */
    static long number(final DirectBuffer datagram) {
        return datagram.getInt(Datagram.NUMBER_OFFSET, ByteOrder.LITTLE_ENDIAN) & Datagram.MAX_NUMBER;
    }

    private void start(final int mode, final SecretKeySpec key, final long number) throws GeneralSecurityException {
        nonce.putLong(NONCE_NUMBER_OFFSET, number, ByteOrder.LITTLE_ENDIAN);
        cipher.init(mode, key, new GCMParameterSpec(Datagram.TAG_BYTES * Byte.SIZE, nonceBytes));
        cipher.updateAAD(datagram, 0, Datagram.HEADER_BYTES);
    }
}
