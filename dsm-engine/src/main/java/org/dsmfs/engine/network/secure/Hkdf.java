package org.dsmfs.engine.network.secure;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** Derives keys from one secret: HKDF with SHA-256 (RFC 5869), for keys of up to one hash. */
final class Hkdf {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAX_LENGTH = 32;

    private final SecretKeySpec pseudoRandomKey;

    /** Extracts. */
    Hkdf(final byte[] salt, final byte[] secret) {
        pseudoRandomKey = new SecretKeySpec(mac(new SecretKeySpec(salt, ALGORITHM)).doFinal(secret), ALGORITHM);
    }

    /**
     * Expands.
     *
     * @param label   what the key is for
     * @param context what it is bound to
     * @param length  bytes, 1..32
     */
    byte[] expand(final String label, final byte[] context, final int length) {
        if (length < 1 || length > MAX_LENGTH) {
            throw new IllegalArgumentException("a key of " + length + " bytes");
        }
        final Mac mac = mac(pseudoRandomKey);
        mac.update(label.getBytes(StandardCharsets.US_ASCII));
        mac.update(context);
        mac.update((byte) 1);
        return Arrays.copyOf(mac.doFinal(), length);
    }

    /** @return HMAC-SHA256 under the key derived for the label */
    Mac mac(final String label) {
        return mac(new SecretKeySpec(expand(label, new byte[0], MAX_LENGTH), ALGORITHM));
    }

    private static Mac mac(final SecretKeySpec key) {
        try {
            final Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is part of every Java platform", e);
        }
    }
}
