package org.dsmfs.mount.jnrfuse;

import java.util.Map;
import java.util.function.Supplier;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.XattrAccess;

/** Operations on extended attributes. */
final class XattrOperations {
    private final FileSystem fileSystem;
    private final ThreadLocal<Request> requests;
    private final XattrAccess access;

    /** @param reports extended attributes that the root directory has besides its own */
    XattrOperations(final FileSystem fileSystem, final ThreadLocal<Request> requests,
                    final Map<String, Supplier<byte[]>> reports) {
        this.fileSystem = fileSystem;
        this.requests = requests;
        this.access = new XattrAccess(fileSystem, reports);
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
        final byte[] value = access.get(request.paths.resolve(path), NativeMemory.bytes(name));
        return answer(request, value, buffer, length);
    }

    private int listxattr(final long path, final long buffer, final long length) {
        final Request request = requests.get();
        final byte[] names = access.list(request.caller(), request.paths.resolve(path));
        return answer(request, names, buffer, length);
    }

    private int removexattr(final long path, final long name) {
        final Request request = requests.get();
        fileSystem.removeXattr(request.caller(), request.paths.resolve(path), NativeMemory.bytes(name));
        return 0;
    }

    private static int answer(final Request request, final byte[] bytes, final long buffer, final long length) {
        if (!XattrAccess.isLengthAsked(bytes, length)) {
            request.window.wrap(buffer, bytes.length);
            request.window.putBytes(0, bytes);
        }
        return bytes.length;
    }
}
