package org.dsmfs.mount.serving;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.FileSystem;

/** Reading extended attributes, as the front ends see it: with the mount's own, and with the rules of xattr(7). */
public final class XattrAccess {
    private static final byte[] TRUSTED_PREFIX = "trusted.".getBytes(StandardCharsets.US_ASCII);

    private final FileSystem fileSystem;
    private final Map<String, Supplier<byte[]>> reports;

    /** @param reports extended attributes that the root directory has besides its own, unlisted */
    public XattrAccess(final FileSystem fileSystem, final Map<String, Supplier<byte[]>> reports) {
        this.fileSystem = fileSystem;
        this.reports = reports;
    }

    /** @throws org.dsmfs.layout.ErrnoException as {@link FileSystem#getXattr} */
    public byte[] get(final long ino, final byte[] name) {
        final Supplier<byte[]> report =
            ino == FileSystem.ROOT ? reports.get(new String(name, StandardCharsets.ISO_8859_1)) : null;
        return report != null ? report.get() : fileSystem.getXattr(ino, name);
    }

    /** @return the names, each followed by a NUL; trusted ones do not exist for ordinary users */
    public byte[] list(final Caller caller, final long ino) {
        final byte[] names = fileSystem.listXattr(ino);
        return caller.uid() == 0 ? names : withoutTrusted(names);
    }

    private static byte[] withoutTrusted(final byte[] names) {
        final ByteArrayOutputStream kept = new ByteArrayOutputStream(names.length);
        int start = 0;
        for (int i = 0; i < names.length; i++) {
            if (names[i] == 0) {
                final int end = start + TRUSTED_PREFIX.length;
                if (end > i || !Arrays.equals(names, start, end, TRUSTED_PREFIX, 0, TRUSTED_PREFIX.length)) {
                    kept.write(names, start, i + 1 - start);
                }
                start = i + 1;
            }
        }
        return kept.toByteArray();
    }

    /**
     * Holds an answer against the caller's room for it.
     *
     * @param capacity bytes; 0 asks how long the answer is
     * @return whether to answer with the length alone
     * @throws org.dsmfs.layout.ErrnoException ERANGE if there is too little room
     */
    public static boolean isLengthAsked(final byte[] answer, final long capacity) {
        if (capacity != 0 && capacity < answer.length) {
            throw Errno.ERANGE.exception();
        }
        return capacity == 0;
    }
}
