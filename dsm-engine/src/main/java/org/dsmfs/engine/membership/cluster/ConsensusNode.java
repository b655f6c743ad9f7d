package org.dsmfs.engine.membership.cluster;

import io.aeron.Aeron;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ClusterControl;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.service.ClusteredServiceContainer;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.status.AtomicCounter;
import org.dsmfs.engine.network.aeron.Doorbell;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.File;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A member of the consensus, hosted in this process: Aeron's archive (the log on disk), consensus module (Raft) and the
 * container of the {@link ConfigurationService}. Three threads, which sleep most of the time.
 */
final class ConsensusNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsensusNode.class);
    private static final ErrorHandler ERRORS = error -> LOG.warn("consensus: {}", error.toString());

    private static final String LOG_DIRECTORY = "log";
    /** Short against the timeouts of an election. */
    private static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Everything that goes through these channels is small. */
    private static final int TERM_BYTES = 64 << 10;
    private static final String IPC = "aeron:ipc?term-length=" + TERM_BYTES;
    private static final String UDP = "aeron:udp?term-length=" + TERM_BYTES;
    /** Archive and log write with fdatasync: an answer must not be forgotten in a power cut. */
    private static final int FILE_SYNC_LEVEL = 1;
    private static final int MAX_SESSIONS = 4096;
    private static final long CATALOG_BYTES = 64 << 10;
    /** Log since the last snapshot that asks for the next one. */
    private static final long SNAPSHOT_INTERVAL_BYTES = 1 << 20;

    /** Type of counters of errors; any number that Aeron does not use. */
    private static final int ERROR_COUNTER_TYPE_ID = 1001;
    private static final int MODULE_ARCHIVE_STREAM = 121;
    private static final int SERVICE_ARCHIVE_STREAM = 122;

    private final Archive archive;
    private final ConsensusModule consensusModule;
    private final ClusteredServiceContainer container;
    private final Doorbell threads = new Doorbell();
    private final List<CalmIdleStrategy> idleStrategies = new CopyOnWriteArrayList<>();
    private volatile boolean isTerminated;
    private long snapshotPosition = -1;

    private ConsensusNode(final ClusterConfig config, final List<String> consensus) {
        final File directory = config.directory().toFile();
        final int member = consensus.indexOf(config.address());
        // In memory, with the driver's files: a mark that a killed process left on disk would have to grow old first.
        final File marks = new File(config.driver().directory(), "consensus");
        final ThreadFactory threadFactory = threadFactory();
        final Supplier<IdleStrategy> idle = () -> newIdleStrategy(config);
        final Runnable terminated = () -> isTerminated = true;
        Archive startedArchive = null;
        ConsensusModule startedModule = null;
        try {
            startedArchive = Archive.launch(archive(config, directory, marks, consensus.size() > 1)
                .threadFactory(threadFactory)
                .idleStrategySupplier(idle));
            startedModule = ConsensusModule.launch(module(config, consensus, directory, marks)
                .clusterMemberId(member)
                .archiveContext(archiveClient(config, MODULE_ARCHIVE_STREAM))
                .threadFactory(threadFactory)
                .idleStrategySupplier(idle)
                .terminationHook(terminated));
            container = ClusteredServiceContainer.launch(new ClusteredServiceContainer.Context()
                .aeron(client(config, "configuration"))
                .ownsAeronClient(true)
                .aeronDirectoryName(config.driver().directory())
                .clusterDir(new File(directory, LOG_DIRECTORY))
                .markFileDir(marks)
                .archiveContext(archiveClient(config, SERVICE_ARCHIVE_STREAM))
                .controlChannel(IPC)
                .replayChannel(IPC)
                .snapshotChannel(IPC)
                .clusteredService(new ConfigurationService(consensus, config.lease().toMillis() / 4))
                .threadFactory(threadFactory)
                .idleStrategySupplier(idle)
                .errorHandler(ERRORS)
                .terminationHook(terminated));
        } catch (final RuntimeException e) {
            CloseHelper.quietCloseAll(startedModule, startedArchive);
            idleStrategies.forEach(CalmIdleStrategy::close);
            throw e;
        }
        archive = startedArchive;
        consensusModule = startedModule;
    }

    /** Starts the member; it may take a while until there is a leader. */
    static ConsensusNode launch(final ClusterConfig config, final List<String> consensus) {
        return new ConsensusNode(config, consensus);
    }

    private IdleStrategy newIdleStrategy(final ClusterConfig config) {
        final CalmIdleStrategy strategy = new CalmIdleStrategy(config.driver(), threads, MAX_SLEEP_NS);
        idleStrategies.add(strategy);
        return strategy;
    }

    /** @return whether the node hosted a member before */
    static boolean hasLog(final ClusterConfig config) {
        return Files.exists(config.directory().resolve(LOG_DIRECTORY));
    }

    private static ThreadFactory threadFactory() {
        final AtomicInteger count = new AtomicInteger();
        return task -> {
            final Thread thread = new Thread(task, "dsm-consensus-" + count.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }

    private AeronArchive.Context archiveClient(final ClusterConfig config, final int responseStream) {
        return new AeronArchive.Context()
            .aeronDirectoryName(config.driver().directory())
            .controlRequestChannel(IPC)
            .controlResponseChannel(IPC)
            .controlResponseStreamId(responseStream)
            .controlTermBufferLength(TERM_BYTES)
            .idleStrategy(new WakingIdleStrategy(config.driver(), threads));
    }

    private static Aeron client(final ClusterConfig config, final String name) {
        return DriverClient.connect(config.driver(), "dsm-" + name, ERRORS);
    }

    private static AtomicCounter errorCounter(final Aeron aeron) {
        return aeron.addCounter(ERROR_COUNTER_TYPE_ID, "errors of " + aeron.context().clientName());
    }

    private static Archive.Context archive(final ClusterConfig config, final File directory, final File marks,
                                           final boolean isReplicated) {
        final Aeron aeron = client(config, "archive");
        final Archive.Context context = new Archive.Context()
            .aeron(aeron)
            .ownsAeronClient(true)
            .errorCounter(errorCounter(aeron))
            .archiveDir(new File(directory, "archive"))
            .markFileDir(marks)
            .threadingMode(ArchiveThreadingMode.SHARED)
            .controlChannelEnabled(isReplicated)
            .localControlChannel(IPC)
            .controlTermBufferLength(TERM_BYTES)
            .controlTermBufferSparse(true)
            .recordingEventsEnabled(false)
            .replicationChannel("aeron:udp?endpoint=" + ConsensusEndpoints.replication(config.address()))
            .archiveClientContext(new AeronArchive.Context().controlResponseChannel("aeron:udp?endpoint="
                + ConsensusEndpoints.host(config.address()) + ":0"))
            .segmentFileLength(TERM_BYTES)
            .fileIoMaxLength(TERM_BYTES)
            .catalogCapacity(CATALOG_BYTES)
            .fileSyncLevel(FILE_SYNC_LEVEL)
            .catalogFileSyncLevel(FILE_SYNC_LEVEL)
            .errorHandler(ERRORS);
        return isReplicated
            ? context.controlChannel("aeron:udp?endpoint=" + ConsensusEndpoints.archive(config.address())) : context;
    }

    private static ConsensusModule.Context module(final ClusterConfig config, final List<String> consensus,
                                                  final File directory, final File marks) {
        final long leaseNs = config.lease().toNanos();
        final Aeron aeron = client(config, "consensus");
        return new ConsensusModule.Context()
            .aeron(aeron)
            .ownsAeronClient(true)
            .errorCounter(errorCounter(aeron))
            .aeronDirectoryName(config.driver().directory())
            .clusterDir(new File(directory, LOG_DIRECTORY))
            .markFileDir(marks)
            .clusterMembers(ConsensusEndpoints.members(consensus))
            .ingressChannel(UDP)
            .logChannel(UDP)
            .consensusChannel(UDP)
            .followerCatchupChannel(UDP)
            .leaderArchiveControlChannel(UDP)
            .replicationChannel("aeron:udp?endpoint=" + ConsensusEndpoints.host(config.address()) + ":0")
            .controlChannel(IPC)
            .replayChannel(IPC)
            .snapshotChannel(IPC)
            .clusterClock(new MonotonicClusterClock())
            .maxConcurrentSessions(MAX_SESSIONS)
            // A session is a lease; docs/MEMBERSHIP.md says why these relations make leases safe.
            .sessionTimeoutNs(leaseNs)
            .leaderHeartbeatTimeoutNs(leaseNs / 2)
            .leaderHeartbeatIntervalNs(leaseNs / 20)
            .startupCanvassTimeoutNs(2 * leaseNs)
            .electionTimeoutNs(leaseNs / 8)
            .electionStatusIntervalNs(leaseNs / 40)
            .terminationTimeoutNs(leaseNs)
            .fileSyncLevel(FILE_SYNC_LEVEL)
            // Renewals are requests that are never granted, but answered.
            .authorisationServiceSupplier(() -> (protocol, action, type, principal) -> false)
            .errorHandler(ERRORS);
    }

    /** @return whether a part of it has ended, so that it must be launched again */
    boolean isTerminated() {
        return isTerminated;
    }

    /** Has a snapshot taken once the log is long; cheap, to be called now and then. */
    void keepLogShort() {
        final AtomicCounter commitPosition = consensusModule.context().commitPositionCounter();
        final long position = commitPosition.get();
        if (snapshotPosition < 0) {
            snapshotPosition = position;
        }
        if (position - snapshotPosition > SNAPSHOT_INTERVAL_BYTES) {
            ClusterControl.ToggleState.SNAPSHOT.toggle(consensusModule.context().controlToggleCounter());
            snapshotPosition = position;
        }
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(container, consensusModule, archive);
        idleStrategies.forEach(CalmIdleStrategy::close);
    }
}
