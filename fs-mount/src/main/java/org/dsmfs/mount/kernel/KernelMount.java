package org.dsmfs.mount.kernel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.Mount;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.AtimeRule;
import org.dsmfs.mount.serving.LockAttempt;
import org.dsmfs.mount.serving.RequestThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A filesystem mounted by speaking the FUSE protocol over /dev/fuse. */
public final class KernelMount implements Mount {
    private static final Logger LOG = LoggerFactory.getLogger(KernelMount.class);
    private static final int EPROTO = 71;
    /** The least that the kernel takes for a buffer (FUSE_MIN_READ_BUFFER). */
    private static final int FIRST_REQUEST_BYTES = 8192;
    /** Requests that may take their time at once: fsync, and reads from disk. */
    private static final int THREADS_MAX = 64;

    private final FileSystem fileSystem;
    private final Device device;
    private final LockWaits lockWaits = new LockWaits(LockAttempt.LONG_WAIT_NS);
    private final Revocations revocations;
    private final WriteBacks writeBacks;
    private final RequestThreads threads;

    /**
     * Mounts and begins to serve.
     *
     * @param mountPoint absolute path of a directory
     * @param options    of fuse(8), without the -o
     * @param atime      when a read must reach the filesystem
     * @param isShared   whether other nodes may change the filesystem, now or later
     * @param reports    extended attributes that the root directory has besides its own, unlisted: name to value
     * @throws MountException if the mount cannot be made
     */
    public KernelMount(final FileSystem fileSystem, final Path mountPoint, final List<String> options,
                       final AtimePolicy atime, final boolean isShared,
                       final Map<String, Supplier<byte[]>> reports) {
        this.fileSystem = fileSystem;
        final Mounter mounter = Libc.INSTANCE.geteuid() == 0 ? new SystemMounter() : new FusermountMounter();
        device = mounter.mount(mountPoint, MountFlags.of(options));
        try {
            final Negotiation negotiation = negotiate(isShared);
            if (isShared) {
                // Not before: in the negotiation the kernel takes the lower limit of both sides.
                ReadAheadLimit.set(mountPoint, Negotiation.DATA_MAX_BYTES);
            }
            final NodeTable nodes = new NodeTable(fileSystem);
            revocations = new Revocations(device.channel(), nodes);
            writeBacks = new WriteBacks(fileSystem, revocations);
            final AtimeRule atimeRule = new AtimeRule(atime);
            final CachePolicy cachePolicy = new CachePolicy(atimeRule, isShared, negotiation.hasEpochs(),
                negotiation.has(Negotiation.DIRECT_IO_ALLOW_MMAP));
            final Dispatcher dispatcher = dispatcher(nodes, atimeRule, cachePolicy,
                new XattrOperations(fileSystem, reports, revocations, negotiation.has(Negotiation.SETXATTR_EXT)));
            final boolean kernelTellsPrivileges = negotiation.has(Negotiation.HANDLE_KILLPRIV_V2);
            threads = new RequestThreads(() -> new Worker(device, dispatcher, nodes,
                new Validity(fileSystem, cachePolicy, revocations), kernelTellsPrivileges), THREADS_MAX);
            lockWaits.start();
            revocations.start();
            writeBacks.start();
            fileSystem.onRevoke(revocations);
            threads.start();
        } catch (final RuntimeException failure) {
            mounter.unmount(mountPoint);
            device.close();
            throw failure;
        }
    }

    private Dispatcher dispatcher(final NodeTable nodes, final AtimeRule atimeRule, final CachePolicy cachePolicy,
                                  final XattrOperations xattrs) {
        fileSystem.onUnlock(lockWaits);
        final LockOperations locks = new LockOperations(fileSystem, lockWaits);
        return new Dispatcher(new NodeOperations(fileSystem, nodes, writeBacks), new NameOperations(fileSystem, nodes),
            new FileOperations(fileSystem, atimeRule, cachePolicy, revocations, writeBacks, locks),
            new DirectoryOperations(fileSystem, cachePolicy), xattrs, locks);
    }

    private Negotiation negotiate(final boolean isShared) {
        final UnsafeBuffer buffer = NativeMemory.allocate(FIRST_REQUEST_BYTES);
        final Request request = new Request(buffer);
        final Reply reply = new Reply(NativeMemory.allocate(FIRST_REQUEST_BYTES));
        while (true) {
            if (!request.received(device.channel().receive(buffer))) {
                throw new MountException("the kernel did not begin to talk");
            }
            final Negotiation negotiation = new Negotiation(request, isShared);
            final int errno = negotiation.isPossible() ? 0 : EPROTO;
            negotiation.answer(reply);
            device.channel().send(reply.buffer(), reply.finish(request.unique(), errno));
            if (errno != 0) {
                throw new MountException("the kernel speaks FUSE " + negotiation.kernelVersion()
                    + ", too old for this front end: use --front-end=jnr-fuse");
            }
            if (!negotiation.isToBeRepeated()) {
                LOG.info("FUSE {}, kernel {}", negotiation.version(), negotiation.kernelVersion());
                return negotiation;
            }
        }
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        threads.awaitEnd();
    }

    @Override
    public void cutOff() {
        threads.cutOff();
    }

    @Override
    public void close() {
        fileSystem.onRevoke(null);
        revocations.close();
        writeBacks.close();
        lockWaits.close();
        device.close();
    }
}
