package org.dsmfs.engine.network.secure;

import org.dsmfs.engine.EngineException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/**
 * The secret that all nodes of a cluster share; whoever holds it is a member. It is only ever used to derive other keys
 * from.
 */
public final class ClusterKey {
    /** Bytes of a key. */
    public static final int LENGTH_BYTES = 32;

    private static final int MAX_FILE_BYTES = 256;
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> NEW_FILE = PosixFilePermissions.fromString("rw-------");
    private static final byte[] SALT = "dsmfs network 1".getBytes(StandardCharsets.US_ASCII);

    private final Hkdf hkdf;

    /** @param secret {@link #LENGTH_BYTES} random bytes */
    ClusterKey(final byte[] secret) {
        if (secret.length != LENGTH_BYTES) {
            throw new IllegalArgumentException("a cluster key of " + secret.length + " bytes");
        }
        hkdf = new Hkdf(SALT, secret);
    }

    /**
     * Reads a key file: 32 bytes in hexadecimal or Base64, white space around it ignored.
     *
     * @param file readable and writable by nobody but its owner
     * @throws EngineException if the file can't be read, others may read or write it, or it holds no key
     */
    public static ClusterKey load(final Path file) {
        try {
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (!OWNERS.containsAll(permissions)) {
                throw new EngineException("cluster key " + file + " is open to others than its owner ("
                    + PosixFilePermissions.toString(permissions) + "): chmod 600 " + file);
            }
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw holdsNoKey(file);
            }
            return new ClusterKey(decode(file, Files.readString(file, StandardCharsets.ISO_8859_1).strip()));
        } catch (final NoSuchFileException e) {
            throw new EngineException("cluster key " + file + " does not exist: copy it from another node", e);
        } catch (final IOException e) {
            throw new EngineException("cluster key " + file + " can't be read: " + e, e);
        }
    }

    /**
     * Makes a random key and a file of mode 0600 that holds it in hexadecimal.
     *
     * @param file must not exist
     * @throws EngineException if it exists or can't be written
     */
    public static ClusterKey generate(final Path file) {
        final byte[] secret = new byte[LENGTH_BYTES];
        new SecureRandom().nextBytes(secret);
        final byte[] line = (HexFormat.of().formatHex(secret) + '\n').getBytes(StandardCharsets.US_ASCII);
        final Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel =
                 FileChannel.open(file, options, PosixFilePermissions.asFileAttribute(NEW_FILE))) {
            final ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (final FileAlreadyExistsException e) {
            throw new EngineException("cluster key " + file + " exists already", e);
        } catch (final IOException e) {
            throw new EngineException("cluster key " + file + " can't be written: " + e, e);
        }
        return new ClusterKey(secret);
    }

    /** @return keys derived from this one */
    Hkdf hkdf() {
        return hkdf;
    }

    private static byte[] decode(final Path file, final String text) {
        try {
            final byte[] secret = text.length() == 2 * LENGTH_BYTES
                ? HexFormat.of().parseHex(text) : Base64.getDecoder().decode(text);
            if (secret.length == LENGTH_BYTES) {
                return secret;
            }
        } catch (final IllegalArgumentException e) {
            // The exception's message would show a part of what may be a mistyped key.
            throw holdsNoKey(file);
        }
        throw holdsNoKey(file);
    }

    private static EngineException holdsNoKey(final Path file) {
        return new EngineException(
            "cluster key " + file + " holds no key: expected " + LENGTH_BYTES + " bytes in hexadecimal or Base64");
    }
}
