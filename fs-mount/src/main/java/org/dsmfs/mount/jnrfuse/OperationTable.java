package org.dsmfs.mount.jnrfuse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import jnr.ffi.BaseStruct;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.Failures;
import ru.serce.jnrfuse.struct.FuseOperations;

/**
 * The {@code struct fuse_operations} that libfuse calls us through: jnr-fuse's layout, our callbacks. Each callback is
 * guarded, so that no exception ever reaches native code.
 */
final class OperationTable {
    /** The layout, for naming the slots. */
    final FuseOperations slots = new FuseOperations(Runtime.getSystemRuntime());

    /**
     * The flags behind the bmap slot; jnr-fuse declares them as padding. nullpath_ok (1): what has an open file needs
     * no path, so it works on unlinked files; utime_omit_ok (4): utimens takes UTIME_NOW and UTIME_OMIT. Not nopath
     * (2): with it, libfuse 2.9.9 frees an uninitialised pointer when an unlinked file is closed after its directory.
     */
    private static final int FLAGS_NULLPATH_UTIME_OMIT = 5;

    /** Operations that don't go by their path, or not only. */
    private static final Set<String> OF_OPEN_FILES = Set.of("read", "write", "flush", "release", "fsync", "fgetattr",
        "ftruncate", "fallocate", "lock", "flock", "readdir", "releasedir", "fsyncdir");
    private static final int MOST_ATTEMPTS = 100;

    private final Pointer memory;
    /** jnr-ffi frees a closure when its Java object is gone, so they are kept as long as the table. */
    private final List<Object> callbacks = new ArrayList<>();

    OperationTable() {
        this.memory = Memory.allocateDirect(Runtime.getSystemRuntime(), Struct.size(slots), true);
        slots.useMemory(memory);
        memory.putInt(slots.bmap.offset() + Long.BYTES, FLAGS_NULLPATH_UTIME_OMIT);
    }

    /** @return address of the struct, valid as long as this object is reachable */
    long address() {
        return memory.address();
    }

    /** @return length of the struct, bytes */
    long lengthBytes() {
        return Struct.size(slots);
    }

    void init(final Shapes.Init body) {
        install(slots.init, Shapes.Init.class, connection -> {
            try {
                return body.call(connection);
            } catch (final Throwable failure) {
                Failures.unexpected("init", failure);
                return 0;
            }
        });
    }

    void destroy(final Shapes.Destroy body) {
        install(slots.destroy, Shapes.Destroy.class, data -> {
            try {
                body.call(data);
            } catch (final Throwable failure) {
                Failures.unexpected("destroy", failure);
            }
        });
    }

    void setL(final BaseStruct.Func<?> slot, final String name, final Shapes.L body) {
        install(slot, Shapes.L.class, path ->
            guarded(name, path, () -> body.call(path)));
    }

    void setLI(final BaseStruct.Func<?> slot, final String name, final Shapes.LI body) {
        install(slot, Shapes.LI.class, (path, argument) ->
            guarded(name, path, () -> body.call(path, argument)));
    }

    void setLII(final BaseStruct.Func<?> slot, final String name, final Shapes.LII body) {
        install(slot, Shapes.LII.class, (path, first, second) ->
            guarded(name, path, () -> body.call(path, first, second)));
    }

    void setLIL(final BaseStruct.Func<?> slot, final String name, final Shapes.LIL body) {
        install(slot, Shapes.LIL.class, (path, first, second) ->
            guarded(name, path, () -> body.call(path, first, second)));
    }

    void setLL(final BaseStruct.Func<?> slot, final String name, final Shapes.LL body) {
        install(slot, Shapes.LL.class, (path, argument) ->
            guarded(name, path, () -> body.call(path, argument)));
    }

    void setLLI(final BaseStruct.Func<?> slot, final String name, final Shapes.LLI body) {
        install(slot, Shapes.LLI.class, (path, first, second) ->
            guarded(name, path, () -> body.call(path, first, second)));
    }

    void setLLL(final BaseStruct.Func<?> slot, final String name, final Shapes.LLL body) {
        install(slot, Shapes.LLL.class, (path, first, second) ->
            guarded(name, path, () -> body.call(path, first, second)));
    }

    void setLLIL(final BaseStruct.Func<?> slot, final String name, final Shapes.LLIL body) {
        install(slot, Shapes.LLIL.class, (path, first, second, third) ->
            guarded(name, path, () -> body.call(path, first, second, third)));
    }

    void setLLLL(final BaseStruct.Func<?> slot, final String name, final Shapes.LLLL body) {
        install(slot, Shapes.LLLL.class, (path, first, second, third) ->
            guarded(name, path, () -> body.call(path, first, second, third)));
    }

    void setLLLLI(final BaseStruct.Func<?> slot, final String name, final Shapes.LLLLI body) {
        install(slot, Shapes.LLLLI.class, (path, first, second, third, fourth) ->
            guarded(name, path, () -> body.call(path, first, second, third, fourth)));
    }

    void setLLLLL(final BaseStruct.Func<?> slot, final String name, final Shapes.LLLLL body) {
        install(slot, Shapes.LLLLL.class, (path, first, second, third, fourth) ->
            guarded(name, path, () -> body.call(path, first, second, third, fourth)));
    }

    void setLILLL(final BaseStruct.Func<?> slot, final String name, final Shapes.LILLL body) {
        install(slot, Shapes.LILLL.class, (path, first, second, third, fourth) ->
            guarded(name, path, () -> body.call(path, first, second, third, fourth)));
    }

    /**
     * What was found by a path may be gone before it is used: other nodes know nothing of the names that libfuse holds
     * still. The path may lead to something else then, as the name of a file that is replaced always does.
     */
    private static int guarded(final String name, final long path, final IntSupplier body) {
        for (int attempt = 1;; attempt++) {
            try {
                return body.getAsInt();
            } catch (final Throwable failure) {
                if (!isStale(failure) || attempt == MOST_ATTEMPTS || OF_OPEN_FILES.contains(name)) {
                    return answer(name, path, failure);
                }
            }
        }
    }

    private static boolean isStale(final Throwable failure) {
        return failure instanceof ErrnoException answer && answer.errno() == Errno.ESTALE;
    }

    /** @return the negative errno; what is not an {@link ErrnoException} is logged and answered with EIO */
    private static int answer(final String operation, final long path, final Throwable failure) {
        final Errno errno = failure instanceof ErrnoException answer ? answer.errno()
            : Failures.unexpected(operation + " " + describe(path), failure);
        return -errno.number();
    }

    private static String describe(final long path) {
        return path == 0 ? "(open file)" : new String(NativeMemory.bytes(path), StandardCharsets.UTF_8);
    }

    private <T> void install(final BaseStruct.Func<?> slot, final Class<T> shape, final T callback) {
        callbacks.add(callback);
        final Pointer closure = Runtime.getSystemRuntime().getClosureManager().getClosurePointer(shape, callback);
        memory.putPointer(slot.offset(), closure);
    }
}
