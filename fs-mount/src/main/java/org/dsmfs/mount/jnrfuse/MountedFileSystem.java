package org.dsmfs.mount.jnrfuse;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.Mount;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.os.StandardError;
import org.dsmfs.mount.os.StringVector;
import org.dsmfs.mount.serving.LockAttempt;
import org.dsmfs.mount.serving.RequestThreads;

/** A filesystem mounted through libfuse 2's high-level operations. */
public final class MountedFileSystem implements Mount {
    /** fuse_common.h: the filesystem applies the umask. */
    private static final int CAP_DONT_MASK = 1 << 6;
    /** Most threads: as many requests may wait, for locks above all. */
    private static final int THREADS_MAX = 2048;

    private final LibFuse libFuse;
    private final OperationTable operations;
    private final UnsafeBuffer setupResults = NativeMemory.allocate(2 * Long.BYTES);
    private final long fuse;
    private final Channel channel;
    private final RequestThreads threads;

    /**
     * Mounts and begins to serve.
     *
     * @param mountPoint absolute path of a directory
     * @param options    of fuse(8), without the -o
     * @param atime      when a read must reach the filesystem
     * @param reports    extended attributes that the root directory has besides its own, unlisted: name to value
     * @throws MountException if libfuse refuses
     */
    public MountedFileSystem(final FileSystem fileSystem, final Path mountPoint, final List<String> options,
                             final AtimePolicy atime, final Map<String, Supplier<byte[]>> reports) {
        this.libFuse = LibFuse.load();
        final NamelessNodes nameless = new NamelessNodes();
        final Handles handles = new Handles();
        this.operations = operations(fileSystem, handles, nameless, atime, reports);
        final StringVector arguments = new StringVector(
            List.of("dsm-mount", "-f", "-o", String.join(",", options), mountPoint.toString()));
        final StandardError.Captured<Long> setup = StandardError.capture(() ->
            libFuse.fuse_setup(arguments.count(), arguments.address(), operations.address(),
                operations.lengthBytes(), setupResults.addressOffset(), setupResults.addressOffset() + Long.BYTES, 0));
        // An address keeps no memory.
        Reference.reachabilityFence(arguments);
        fuse = setup.result();
        if (fuse == 0) {
            throw new MountException("cannot mount on " + mountPoint + ": " + setup.oneLine());
        }
        final long session = libFuse.fuse_get_session(fuse);
        channel = new Channel(libFuse, libFuse.fuse_session_next_chan(session, 0), session, nameless,
            handles);
        threads = new RequestThreads(channel::newServer, THREADS_MAX);
        threads.start();
    }

    private OperationTable operations(final FileSystem fileSystem, final Handles handles,
                                      final NamelessNodes nameless, final AtimePolicy atime,
                                      final Map<String, Supplier<byte[]>> reports) {
        final OperationTable table = new OperationTable();
        final ThreadLocal<Request> requests = ThreadLocal.withInitial(() ->
            new Request(new PathWalker(fileSystem, nameless), Channel.Server.current().request(),
                libFuse.fuse_get_context()));
        final CacheRule cacheRule = new CacheRule(atime);
        final OtherNames otherNames = new OtherNames(handles, cacheRule, node -> channel.forgetContent(node));
        final LockWaits waits = new LockWaits(() -> libFuse.fuse_interrupted() != 0 || threads.isStopped(),
            THREADS_MAX / 2, LockAttempt.LONG_WAIT_NS);
        fileSystem.onUnlock(waits);
        table.init(MountedFileSystem::negotiate);
        new NameOperations(fileSystem, requests, cacheRule, handles, nameless, otherNames,
            node -> channel.forgetAttributes(node)).register(table);
        new FileOperations(fileSystem, requests, handles, cacheRule, otherNames).register(table);
        new DirectoryOperations(fileSystem, requests, handles).register(table);
        new XattrOperations(fileSystem, requests, reports).register(table);
        new LockOperations(fileSystem, requests, handles, waits).register(table);
        return table;
    }

    /** A default ACL takes the umask's place, which only the filesystem can know. */
    private static long negotiate(final long connection) {
        final UnsafeBuffer info = new UnsafeBuffer(connection, FuseLayout.CONNECTION_LENGTH);
        info.putInt(FuseLayout.CONNECTION_WANT, info.getInt(FuseLayout.CONNECTION_WANT)
            | info.getInt(FuseLayout.CONNECTION_CAPABLE) & CAP_DONT_MASK);
        return 0;
    }

    /** Returns when the mount has ended, from outside or by {@link #cutOff}, and no request is being served. */
    public void awaitEnd() throws InterruptedException {
        threads.awaitEnd();
    }

    @Override
    public void cutOff() {
        threads.cutOff();
    }

    /**
     * Lets go of libfuse. To be called after {@link #awaitEnd}. After {@link #cutOff} of a mount that is in use,
     * threads still listen on the device, so libfuse is left to the end of the process.
     */
    @Override
    public void close() {
        if (threads.areGone()) {
            libFuse.fuse_teardown(fuse, setupResults.getLong(0));
        }
    }
}
