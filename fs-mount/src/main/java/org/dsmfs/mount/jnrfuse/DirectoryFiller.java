package org.dsmfs.mount.jnrfuse;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Type;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.os.NativeMemory;

/** Hands directory entries to libfuse's {@code fuse_fill_dir_t}. Not thread-safe. */
final class DirectoryFiller implements FileSystem.EntrySink {
    private static final CallContext SIGNATURE =
        CallContext.getCallContext(Type.SINT, new Type[] {Type.POINTER, Type.POINTER, Type.POINTER, Type.SINT64},
            CallingConvention.DEFAULT, false);
    private static final Invoker INVOKER = Invoker.getInstance();

    private final UnsafeBuffer name = NativeMemory.allocate(FileSystem.NAME_MAX + 1);
    private final UnsafeBuffer stat = NativeMemory.allocate(FuseLayout.STAT_LENGTH);
    private long function;
    private long buffer;

    /**
     * @param function address of the filler
     * @param buffer   its first argument
     */
    DirectoryFiller wrap(final long function, final long buffer) {
        this.function = function;
        this.buffer = buffer;
        return this;
    }

    @Override
    public boolean entry(final byte[] entryName, final long ino, final int type, final long cookie) {
        name.putBytes(0, entryName);
        name.putByte(entryName.length, (byte) 0);
        FuseLayout.putInode(stat, ino, type);
        return (int) INVOKER.invokeN4(SIGNATURE, function, buffer, name.addressOffset(), stat.addressOffset(), cookie)
            == 0;
    }
}
