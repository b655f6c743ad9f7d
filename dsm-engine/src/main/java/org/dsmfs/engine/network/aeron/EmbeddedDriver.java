package org.dsmfs.engine.network.aeron;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.StatusMessageFlyweight;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.status.AtomicCounter;
import org.dsmfs.engine.EngineException;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The media driver of this process and its client, which no thread of their own runs. Any thread may run the driver,
 * one at a time; the client belongs to the thread that polls.
 */
final class EmbeddedDriver implements AutoCloseable {
    /** Bytes of a cycle that are not traffic: what an idle connection exchanges. */
    private static final int QUIET_BYTES = 512;
    /** The largest frame that carries nothing: a heartbeat, or a status message. */
    private static final int EMPTY_FRAME_BYTES =
        Math.max(DataHeaderFlyweight.HEADER_LENGTH, StatusMessageFlyweight.HEADER_LENGTH);

    /** After so long without a run datagrams may have queued, in the order in which they were sent. */
    private static final long BEHIND_NS = TimeUnit.MICROSECONDS.toNanos(50);
    /** Most that is taken of such a queue before messages are delivered, datagrams. */
    private static final int MAX_CYCLES = 64;

    private final ReentrantLock lock = new ReentrantLock();
    private final SocketReadiness sockets;
    private final ErrorHandler errors;
    private final DriverDirectory directory;
    private final MediaDriver driver;
    private final AgentInvoker driverInvoker;
    private final Aeron aeron;
    private final AgentInvoker clientInvoker;
    private final AtomicCounter bytesReceived;
    private long lastRunNs = System.nanoTime();
    private boolean hasReceivedData;
    /** Likewise, by {@link #trySend} since the last {@link #run}; guarded by the lock. */
    private boolean hasReceivedInPassing;

    /** @throws EngineException if the directory is unusable or too small */
    EmbeddedDriver(final AeronNetworkConfig config, final SocketReadiness sockets, final ErrorHandler errors) {
        this.sockets = sockets;
        this.errors = errors;
        directory = DriverDirectory.make(config.directory());
        MediaDriver started = null;
        try {
            DriverContext.checkSpace(config.directory());
            final EpochClock clock = new SteadyEpochClock();
            final MediaDriver.Context context =
                DriverContext.of(config, directory.driverFiles(), clock, errors);
            sockets.install(context);
            started = MediaDriver.launch(context);
            driver = started;
            bytesReceived = context.systemCounters().get(SystemCounterDescriptor.BYTES_RECEIVED);
            driverInvoker = driver.sharedAgentInvoker();
            aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .useConductorAgentInvoker(true)
                .driverAgentInvoker(driverInvoker)
                .epochClock(clock)
                .driverTimeoutMs(TimeUnit.NANOSECONDS.toMillis(context.clientLivenessTimeoutNs()))
                .errorHandler(errors)
                .subscriberErrorHandler(EmbeddedDriver::rethrow));
        } catch (final RuntimeException e) {
            CloseHelper.closeAll(started, directory);
            throw e;
        }
        clientInvoker = aeron.conductorAgentInvoker();
    }

    private static void rethrow(final Throwable failure) {
        if (failure instanceof final RuntimeException exception) {
            throw exception;
        }
        throw (Error) failure;
    }

    /**
     * Runs a cycle of the agent. Not by the invoker itself: that ends the agent for good if the thread is interrupted,
     * which may be any thread of the application's.
     */
    private int runOnce(final AgentInvoker invoker) {
        if (invoker.isClosed()) {
            return 0;
        }
        try {
            return invoker.agent().doWork();
        } catch (final AgentTerminationException e) {
            errors.onError(e);
            invoker.close();
        } catch (final Exception e) {
            errors.onError(e);
        }
        return 0;
    }

    /** @return directory by which other clients of this process reach the driver */
    String directory() {
        return driver.aeronDirectoryName();
    }

    /** Has the client do something that the driver answers. The thread that polls. */
    void use(final Consumer<Aeron> action) {
        lock.lock();
        try {
            action.accept(aeron);
            sockets.registerNew();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends what there is, takes a datagram from each socket, more if they may have queued, and learns of new and lost
     * sessions. The thread that polls.
     *
     * @return more than 0 if there was traffic
     */
    int run() {
        // A cycle more than needed costs as much as the round trip of a small message: only where it may be needed.
        final int maxCycles = System.nanoTime() - lastRunNs > BEHIND_NS ? MAX_CYCLES : 1;
        int bytes = 0;
        lock.lock();
        try {
            hasReceivedData = hasReceivedInPassing;
            hasReceivedInPassing = false;
            int work;
            int cycles = 0;
            do {
                final long receivedBefore = bytesReceived.get();
                work = runOnce(driverInvoker);
                bytes += work;
                hasReceivedData |= bytesReceived.get() - receivedBefore > EMPTY_FRAME_BYTES;
            } while (work > 0 && ++cycles < maxCycles);
            sockets.registerNew();
        } finally {
            lock.unlock();
        }
        runOnce(clientInvoker);
        lastRunNs = System.nanoTime();
        return Math.max(0, bytes - QUIET_BYTES);
    }

    /** @return whether the last {@link #run}, or a {@link #trySend} before it, may have received more than signs of life */
    boolean hasReceivedData() {
        return hasReceivedData;
    }

    /**
     * Sends a datagram of what each stream has published, unless somebody is running the driver just now. Any thread.
     *
     * @return whether it did, as far as the receivers have room, and nothing came that is to be polled
     */
    boolean trySend() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            final long receivedBefore = bytesReceived.get();
            runOnce(driverInvoker);
            sockets.registerNew();
            final boolean hasReceived = bytesReceived.get() - receivedBefore > EMPTY_FRAME_BYTES;
            hasReceivedInPassing |= hasReceived;
            return !hasReceived;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends and receives what there is, whoever it is for. The thread that polls, also while it handles a message.
     *
     * @return whether it may have received more than signs of life
     */
    boolean runInPassing() {
        int cycles = 0;
        boolean hasReceived = false;
        while (!trySend() && ++cycles < MAX_CYCLES) {
            hasReceived = true;
        }
        return hasReceived;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            CloseHelper.closeAll(aeron, driver, directory);
        } finally {
            lock.unlock();
        }
    }
}
