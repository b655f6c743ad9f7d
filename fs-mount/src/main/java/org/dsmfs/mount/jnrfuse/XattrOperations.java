package org.dsmfs.mount.jnrfuse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.FileSystem;

/** Operations on extended attributes. */
final class XattrOperations {
    private static final byte[] TRUSTED_PREFIX = "trusted.".getBytes(StandardCharsets.US_ASCII);

    private final FileSystem fileSystem;
    private final ThreadLocal<Request> requests;
    private final Map<String, Supplier<byte[]>> reports;

    /** @param reports extended attributes that the root directory has besides its own */
    XattrOperations(final FileSystem fileSystem, final ThreadLocal<Request> requests,
                    final Map<String, Supplier<byte[]>> reports) {
        this.fileSystem = fileSystem;
        this.requests = requests;
        this.reports = reports;
    }

    void register(final OperationTable table) {
        table.setLLLLI(table.slots.setxattr, "setxattr", this::setxattr);
        table.setLLLL(table.slots.getxattr, "getxattr", this::getxattr);
        table.setLLL(table.slots.listxattr, "listxattr", this::listxattr);
        table.setLL(table.slots.removexattr, "removexattr", this::removexattr);
    }

    private int setxattr(final long path, final long name, final long value, final long length, final int flags) {
        final Request request = requests.get();
        final long ino = request.paths.resolve(path);
        final byte[] bytes = new byte[(int) length];
        request.window.wrap(value, bytes.length);
        request.window.getBytes(0, bytes);
        fileSystem.setXattr(request.caller(), ino, NativeMemory.bytes(name), bytes, flags);
        return 0;
    }

    private int getxattr(final long path, final long name, final long buffer, final long length) {
        final Request request = requests.get();
        final long ino = request.paths.resolve(path);
        final byte[] nameBytes = NativeMemory.bytes(name);
        if (ino == FileSystem.ROOT) {
            final Supplier<byte[]> report = reports.get(new String(nameBytes, StandardCharsets.ISO_8859_1));
            if (report != null) {
                return answer(request, report.get(), buffer, length);
            }
        }
        return answer(request, fileSystem.getXattr(ino, nameBytes), buffer, length);
    }

    private int listxattr(final long path, final long buffer, final long length) {
        final Request request = requests.get();
        final byte[] names = fileSystem.listXattr(request.paths.resolve(path));
        return answer(request, request.caller().uid() == 0 ? names : withoutTrusted(names), buffer, length);
    }

    /** Trusted attributes do not exist for ordinary users: xattr(7). The kernel leaves that to the filesystem. */
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

    private int removexattr(final long path, final long name) {
        final Request request = requests.get();
        fileSystem.removeXattr(request.caller(), request.paths.resolve(path), NativeMemory.bytes(name));
        return 0;
    }

    /** A length of 0 asks how long the answer is. */
    private static int answer(final Request request, final byte[] bytes, final long buffer, final long length) {
        if (length == 0) {
            return bytes.length;
        }
        if (length < bytes.length) {
            throw Errno.ERANGE.exception();
        }
        request.window.wrap(buffer, bytes.length);
        request.window.putBytes(0, bytes);
        return bytes.length;
    }
}
