package org.dsmfs.engine.sim;

import org.dsmfs.engine.Neighbours;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.PageUnavailableException;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceStatus;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** A space that notes when a call's transactions end, and lets others go on in between. */
public final class ObservedSpace implements Space {
    private static final int MOST_DELAY_NS = 30_000;

    private final Space space;
    private final Simulation simulation;
    private final History<?> history;
    private final Neighbours neighbours = (Neighbours) Proxy.newProxyInstance(Neighbours.class.getClassLoader(),
        new Class<?>[] {Neighbours.class}, this::callNeighbours);

    public ObservedSpace(final Space space, final Simulation simulation, final History<?> history) {
        this.space = space;
        this.simulation = simulation;
        this.history = history;
    }

    @Override
    public <R> R execute(final Operation<R> operation) {
        simulation.sleep(simulation.random().nextInt(MOST_DELAY_NS));
        final long[] lastRun = new long[1];
        final long[] lsnBefore = new long[1];
        boolean hasGivenUp = false;
        final R result;
        try {
            result = space.execute(transaction -> {
                lastRun[0] = history.next();
                lsnBefore[0] = space.status().lsn();
                return operation.run(transaction);
            });
        } catch (final PageUnavailableException e) {
            hasGivenUp = true;
            history.gaveUp();
            throw e;
        } finally {
            if (!hasGivenUp) {
                history.executed(lastRun[0], lsnBefore[0]);
            }
        }
        simulation.sleep(simulation.random().nextInt(MOST_DELAY_NS));
        return result;
    }

    @Override
    public void sync() {
        space.sync();
    }

    @Override
    public Neighbours neighbours() {
        return neighbours;
    }

    /** Notes that a call has given up on answers of other nodes. */
    private Object callNeighbours(final Object proxy, final Method method, final Object[] arguments) throws Throwable {
        try {
            return method.invoke(space.neighbours(), arguments);
        } catch (final InvocationTargetException e) {
            if (e.getCause() instanceof PageUnavailableException) {
                history.gaveUp();
            }
            throw e.getCause();
        }
    }

    @Override
    public int largePageSize() {
        return space.largePageSize();
    }

    @Override
    public SpaceStatus status() {
        return space.status();
    }

    @Override
    public void forEachPage(final PageVisitor visitor) {
        space.forEachPage(visitor);
    }

    @Override
    public void close() {
        space.close();
    }
}
