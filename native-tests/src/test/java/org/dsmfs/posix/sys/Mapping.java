package org.dsmfs.posix.sys;

import static org.dsmfs.posix.sys.Native.LIBC;
import static org.dsmfs.posix.sys.Native.RUNTIME;
import static org.dsmfs.posix.sys.Native.check;

import jnr.ffi.Pointer;

/** A file mapped into memory, mmap(2). */
public final class Mapping implements AutoCloseable {
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int MAP_SHARED = 1;
    public static final int MAP_PRIVATE = 2;

    private static final long SYS_MMAP = 9;
    private static final int MS_SYNC = 4;

    private final Pointer memory;
    private final long length;

    private Mapping(final long address, final long length) {
        this.memory = Pointer.wrap(RUNTIME, address, length);
        this.length = length;
    }

    public static Mapping of(final Descriptor file, final long offset, final long length, final int protection,
                             final int flags) {
        final long address = LIBC.syscall(SYS_MMAP, 0, length, protection, flags, file.number(), offset);
        return new Mapping(check(address, "mmap"), length);
    }

    public byte[] get(final long index, final int count) {
        final byte[] data = new byte[count];
        memory.get(index, data, 0, count);
        return data;
    }

    public void put(final long index, final byte[] data) {
        memory.put(index, data, 0, data.length);
    }

    public void sync() {
        check(LIBC.msync(memory.address(), length, MS_SYNC), "msync");
    }

    @Override
    public void close() {
        check(LIBC.munmap(memory.address(), length), "munmap");
    }
}
