package org.dsmfs.engine.sim;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.sim.Faults.Fault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Pages as registers, without files: clients on all nodes run transactions that read some registers and write some of
 * them, and all that they read must fit into one order of the transactions. A register is a page that names its last
 * writer and is filled by a rule, and a second page that exists or not by another rule, so that a run that sees half of
 * a transaction is found at once.
 */
public final class RegisterWorkload
    implements SimulatedWorkload, Specification<List<Long>, RegisterWorkload.Access> {
    private static final int CLIENTS_PER_NODE = 2;
    private static final int CALLS_PER_CLIENT = 30;
    private static final int REGISTERS = 7;
    private static final List<Integer> ALL_REGISTERS = IntStream.range(0, REGISTERS).boxed().toList();
    private static final int[] KINDS = {0x21, 0x21 | Segment.LARGE_PAGES, 0x22 | Segment.VOLATILE};
    /** Those that outlive their nodes. */
    private static final int[] DURABLE_KINDS = {0x21, 0x21 | Segment.LARGE_PAGES, 0x22};
    private static final int EXTRA_KIND = 0x23;
    /** Far from the numbers that are granted. */
    private static final long NUMBER = 77;
    /** One transaction in this many syncs afterwards. */
    private static final int CALLS_PER_SYNC = 10;
    private static final int MOST_PAUSE_NS = 300_000;
    /** One in this many writers leaves the second page absent. */
    private static final int WRITERS_PER_ABSENCE = 3;

    private final Simulation simulation;
    private final History<Access> history = new History<>();
    private final int[] kinds;
    private boolean mayGiveUp;
    private final Map<Integer, Space> spaces = new TreeMap<>();
    private final Map<Integer, History<Access>.Life> lives = new TreeMap<>();
    private final Map<Integer, List<SimulatedThread>> clientsByNode = new TreeMap<>();
    private long lastWriter;

    /** One transaction: what it read and wrote. */
    public static final class Access {
        private final long id;
        private final boolean isRead;
        /** By register: whether to write it. */
        private final Map<Integer, Boolean> registers = new TreeMap<>();
        /** By register: the writer whose value was read. */
        private final Map<Integer, Long> writers = new TreeMap<>();
        /** Read ahead; {@link #REGISTERS} for none. */
        private final int expected;

        Access(final long id, final Random random) {
            this.id = id;
            this.isRead = random.nextInt(3) == 0;
            for (int i = random.nextInt(4); i >= 0; i--) {
                registers.put(random.nextInt(REGISTERS), !isRead && random.nextInt(3) > 0);
            }
            expected = random.nextInt(REGISTERS + 1);
        }

        /** Reads some. */
        Access(final long id, final List<Integer> registers) {
            this.id = id;
            this.isRead = true;
            registers.forEach(register -> this.registers.put(register, false));
            this.expected = REGISTERS;
        }

        @Override
        public String toString() {
            final StringBuilder text = new StringBuilder("transaction " + id + ":");
            registers.forEach((register, isWritten) -> text.append(" r").append(register).append('=')
                .append(writers.get(register)).append(isWritten ? " written" : ""));
            return text.toString();
        }
    }

    public RegisterWorkload(final Simulation simulation, final List<Fault> kinds) {
        this.simulation = simulation;
        this.kinds = kinds.stream().anyMatch(Fault::isCrash) ? DURABLE_KINDS : KINDS;
        this.mayGiveUp = kinds.contains(Fault.SEPARATE);
    }

    @Override
    public List<SimulatedThread> start(final int node, final Space space) {
        final Space observed = new ObservedSpace(space, simulation, history);
        final History<Access>.Life life = history.startLife(() -> mayGiveUp);
        spaces.put(node, observed);
        lives.put(node, life);
        final List<SimulatedThread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS_PER_NODE; i++) {
            clients.add(startClient("node " + node + " client " + i, observed, life));
        }
        clientsByNode.put(node, clients);
        return clients;
    }

    private SimulatedThread startClient(final String name, final Space space, final History<Access>.Life life) {
        return simulation.start(name, () -> {
            final Random random = simulation.random();
            for (int i = 0; i < CALLS_PER_CLIENT && !life.isEnding(); i++) {
                simulation.sleep(random.nextInt(MOST_PAUSE_NS));
                final Access access = new Access(++lastWriter, random);
                life.call(name, access, () -> execute(space, access));
                if (random.nextInt(CALLS_PER_SYNC) == 0) {
                    life.sync(space::sync);
                }
            }
        });
    }

    @Override
    public void stop(final int node) {
        lives.get(node).end();
        simulation.await(() -> clientsByNode.get(node).stream().allMatch(SimulatedThread::isOver));
    }

    @Override
    public void standsAside() {
        mayGiveUp = true;
    }

    @Override
    public void crashed(final int node) {
        lives.get(node).crashed(new Access(++lastWriter, List.of()));
    }

    @Override
    public void recovered(final int node, final long endLsn) {
        lives.get(node).recovered(endLsn);
    }

    /** Has a client read all registers at once. */
    @Override
    public SimulatedThread startLastLook(final int node) {
        final String name = "last look on node " + node;
        final Space space = spaces.get(node);
        return simulation.start(name, () -> {
            final Access access = new Access(++lastWriter, ALL_REGISTERS);
            history.call(name, access, () -> execute(space, access));
        });
    }

    private void execute(final Space space, final Access access) {
        space.execute(transaction -> {
            run(transaction, access);
            return null;
        });
    }

    @Override
    public void check() {
        final Long[] none = new Long[REGISTERS];
        Arrays.fill(none, 0L);
        LinearizabilityChecker.check(this, List.of(none), history);
    }

    private void run(final PageTransaction transaction, final Access access) {
        access.writers.clear();
        if (access.expected < REGISTERS) {
            transaction.expect(segment(access.expected), page(access.expected), 1);
            transaction.expect(Segment.of(EXTRA_KIND, NUMBER), access.expected, 1);
        }
        access.registers.forEach((register, isWritten) -> {
            access.writers.put(register, read(transaction, register));
            if (isWritten) {
                write(transaction, register, access.id);
            }
        });
    }

    private long read(final PageTransaction transaction, final int register) {
        final DirectBuffer page = transaction.read(segment(register), page(register));
        if (page == null) {
            return 0;
        }
        final long writer = page.getLong(0);
        final int size = transaction.pageSize(segment(register));
        for (int offset = 8; offset < size; offset += size / 8) {
            require(page.getLong(offset) == pattern(writer, offset), register, writer);
        }
        final DirectBuffer extra = transaction.read(Segment.of(EXTRA_KIND, NUMBER), register);
        require(transaction.exists(Segment.of(EXTRA_KIND, NUMBER), register) == hasExtra(writer), register, writer);
        require(extra == null || extra.getLong(0) == writer, register, writer);
        return writer;
    }

    private static void require(final boolean isRight, final int register, final long writer) {
        if (!isRight) {
            throw new AssertionError("register " + register + " is not as transaction " + writer + " left it");
        }
    }

    private void write(final PageTransaction transaction, final int register, final long writer) {
        final int size = transaction.pageSize(segment(register));
        if (writer % 2 == 0 && !Segment.isVolatile(segment(register))) {
            final UnsafeBuffer whole = new UnsafeBuffer(new byte[size]);
            fill(whole, size, writer);
            transaction.put(segment(register), page(register), 0, whole, 0, size);
        } else {
            fill(transaction.write(segment(register), page(register)), size, writer);
        }
        if (hasExtra(writer)) {
            transaction.write(Segment.of(EXTRA_KIND, NUMBER), register).putLong(0, writer);
        } else {
            transaction.useReserve();
            transaction.free(Segment.of(EXTRA_KIND, NUMBER), register);
        }
    }

    private static void fill(final MutableDirectBuffer page, final int size, final long writer) {
        page.putLong(0, writer);
        for (int offset = 8; offset < size; offset += size / 8) {
            page.putLong(offset, pattern(writer, offset));
        }
    }

    private static boolean hasExtra(final long writer) {
        return writer % WRITERS_PER_ABSENCE != 0;
    }

    private static long pattern(final long writer, final int offset) {
        return (writer << 20 | offset) * 0x9e3779b97f4a7c15L;
    }

    private long segment(final int register) {
        return Segment.of(kinds[register % kinds.length], NUMBER);
    }

    /** A volatile page that is on its way when an epoch begins is lost; one begins whenever a node joins. */
    private boolean mayBeLost(final int register) {
        return Segment.isVolatile(segment(register));
    }

    private long page(final int register) {
        return register / kinds.length;
    }

    @Override
    public List<Long> apply(final List<Long> state, final Access access, final boolean isReturned) {
        final List<Long> next = new ArrayList<>(state);
        for (final Map.Entry<Integer, Boolean> register : access.registers.entrySet()) {
            final Long seen = access.writers.get(register.getKey());
            if (isReturned && !state.get(register.getKey()).equals(seen)) {
                if (seen != 0 || !mayBeLost(register.getKey())) {
                    return null;
                }
                next.set(register.getKey(), 0L);
            }
            if (register.getValue()) {
                next.set(register.getKey(), access.id);
            }
        }
        return next;
    }

    @Override
    public Object fingerprint(final List<Long> state) {
        return state;
    }
}
