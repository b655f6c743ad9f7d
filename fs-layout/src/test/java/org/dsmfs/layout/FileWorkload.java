package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.sim.Faults.Fault;
import org.dsmfs.engine.sim.History;
import org.dsmfs.engine.sim.LinearizabilityChecker;
import org.dsmfs.engine.sim.ObservedSpace;
import org.dsmfs.engine.sim.SimulatedThread;
import org.dsmfs.engine.sim.SimulatedWorkload;
import org.dsmfs.engine.sim.Simulation;
import org.dsmfs.engine.sim.Specification;
import org.dsmfs.layout.FileCall.Plan;
import org.dsmfs.layout.page.PageKind;

/**
 * Clients on all nodes of a simulated cluster that make random calls of the filesystem, on so few names that they meet.
 * The results must be those of some order of the calls that respects which came after which.
 */
final class FileWorkload implements SimulatedWorkload, Specification<TreeState, FileCall> {
    private static final int CALLS_PER_CLIENT = 30;
    /** The clocks of the nodes differ by hours. */
    private static final int CLOCKS = 3;
    private static final long CLOCK_SKEW_NS = TimeUnit.HOURS.toNanos(2);

    final Simulation simulation;
    /** Inodes that anybody has seen; some are gone. */
    final List<Long> directories = new ArrayList<>(List.of(FileSystem.ROOT));
    final List<Long> files = new ArrayList<>();
    private boolean mayGiveUp;
    private final int clientsPerNode;
    private final Map<Integer, FileSystem> mounts = new TreeMap<>();
    private final Map<Integer, History<FileCall>.Life> lives = new TreeMap<>();
    private final Map<Integer, List<SimulatedThread>> clientsByNode = new TreeMap<>();
    private final History<FileCall> history = new History<>();

    /**
     * @param clientsPerNode processes on each node
     * @param kinds          of what goes wrong meanwhile
     */
    FileWorkload(final Simulation simulation, final int clientsPerNode, final List<Fault> kinds) {
        this.simulation = simulation;
        this.clientsPerNode = clientsPerNode;
        this.mayGiveUp = kinds.contains(Fault.SEPARATE);
    }

    @Override
    public List<SimulatedThread> start(final int node, final Space space) {
        final FileSystem mount = mount(node, space);
        mounts.put(node, mount);
        final History<FileCall>.Life life = history.startLife(() -> mayGiveUp);
        lives.put(node, life);
        final List<SimulatedThread> clients = new ArrayList<>();
        for (int i = 0; i < clientsPerNode; i++) {
            final String name = "node " + node + " client " + i;
            clients.add(simulation.start(name,
                () -> new FileClient(this, name, node, mount, life).run(CALLS_PER_CLIENT)));
        }
        clientsByNode.put(node, clients);
        return clients;
    }

    /** As whoever mounts does, tries again if another node was lost just then, and out of reach for long. */
    private FileSystem mount(final int node, final Space space) {
        while (true) {
            try {
                return DsmFileSystem.open(new ObservedSpace(space, simulation, history),
                    () -> simulation.nowNs() + node % CLOCKS * CLOCK_SKEW_NS, AtimePolicy.NOATIME, Caller.ROOT);
            } catch (final ErrnoException e) {
                if (e.errno() != Errno.EIO) {
                    throw e;
                }
            }
        }
    }

    /** Has a client look at all there is. */
    @Override
    public SimulatedThread startLastLook(final int node) {
        final String name = "last look on node " + node;
        return simulation.start(name,
            () -> new FileClient(this, name, node, mounts.get(node), history.startLife(() -> false)).lookAtAll());
    }

    @Override
    public void stop(final int node) {
        lives.get(node).end();
        simulation.await(() -> clientsByNode.get(node).stream().allMatch(SimulatedThread::isOver));
        mounts.get(node).close();
    }

    @Override
    public void standsAside() {
        mayGiveUp = true;
    }

    @Override
    public void crashed(final int node) {
        lives.get(node).crashed(event("node " + node + " crashes", state -> state.crash(node)));
        // A number that went with the log's end may come again, for an inode without a name that any client could see.
        directories.removeIf(ino -> isMadeBy(node, ino));
        files.removeIf(ino -> isMadeBy(node, ino));
    }

    private static boolean isMadeBy(final int node, final long ino) {
        return ino != FileSystem.ROOT && Segment.partition(PageKind.INODE.segment(ino)) == node;
    }

    @Override
    public void recovered(final int node, final long endLsn) {
        lives.get(node).recovered(endLsn);
    }

    @Override
    public void down(final int node) {
        history.event(event("node " + node + " is down", state -> state.down(node)));
    }

    @Override
    public void up(final int node, final Runnable awaitUp) {
        final FileCall up = event("node " + node + " is up", state -> state.up(node));
        history.call("cluster", up, awaitUp);
    }

    private static FileCall event(final String text, final Consumer<TreeState> change) {
        final FileCall call = new FileCall(text, () -> true, state -> new Plan(true, () -> change.accept(state)));
        call.run();
        return call;
    }

    @Override
    public void examine(final List<Space> nodes) {
        final List<String> findings = FileSystemCheck.check(new UnitedSpace(nodes));
        if (!findings.isEmpty()) {
            throw new AssertionError("the filesystem is not what it should be: " + findings);
        }
    }

    @Override
    public void check() {
        LinearizabilityChecker.check(this, new TreeState(ModelFileSystem.ofCluster(), new LockModel()), history);
    }

    @Override
    public TreeState apply(final TreeState state, final FileCall call, final boolean isReturned) {
        return call.apply(state, isReturned);
    }

    @Override
    public Object fingerprint(final TreeState state) {
        return state.toString();
    }

    /** What readdir shows: names with inode numbers. */
    static TreeMap<String, Long> list(final FileSystem fs, final long ino) {
        final TreeMap<String, Long> names = new TreeMap<>();
        fs.readDirectory(ino, 0, (name, entry, type, cookie) -> {
            names.put(new String(name, UTF_8), entry);
            return true;
        });
        return names;
    }

    /** What read shows, as {@link #describe}. */
    static String read(final FileSystem fs, final long ino, final long offset, final int length) {
        final byte[] bytes = new byte[length];
        return describe(bytes, fs.read(ino, offset, new UnsafeBuffer(bytes), 0, length));
    }

    /** @return the bytes, each with how often it comes in a row */
    static String describe(final byte[] bytes, final int length) {
        final StringBuilder text = new StringBuilder();
        int start = 0;
        for (int i = 1; i <= length; i++) {
            if (i == length || bytes[i] != bytes[start]) {
                text.append(i - start).append(bytes[start] == 0 ? '.' : (char) bytes[start]);
                start = i;
            }
        }
        return text.toString();
    }
}
