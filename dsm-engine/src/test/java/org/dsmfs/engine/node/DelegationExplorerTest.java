package org.dsmfs.engine.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.coherence.wire.BundleMutation;
import org.dsmfs.engine.coherence.wire.WireType;
import org.dsmfs.engine.directory.DirectoryPage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One node makes another one responsible for a page while three of them use it, and older versions are forgotten: every
 * order in which messages can arrive and operations can go on, over the shipping classes from transactions down.
 */
@Tag("logic")
class DelegationExplorerTest {
    private static final int NODES = 3;
    private static final long SEGMENT = Segment.of(0x05, 99);
    private static final int COUNTER = 8;
    private static final int MOST_STATES = 20_000_000;

    private static final Operation<Long> INCREMENT = tx -> {
        final var buffer = tx.write(SEGMENT, 0);
        final long value = buffer.getLong(COUNTER) + 1;
        buffer.putLong(COUNTER, value);
        return value;
    };
    private static final Operation<Long> FREE = tx -> {
        tx.free(SEGMENT, 0);
        return 0L;
    };
    /** Minus the counter. */
    private static final Operation<Long> READ = tx -> {
        final var buffer = tx.read(SEGMENT, 0);
        return buffer == null ? 0 : -buffer.getLong(COUNTER);
    };

    private final AtomicInteger delegations = new AtomicInteger();

    /** All nodes have counted in a page of node 0's, which gives it away when it passes on the next request. */
    private static SteeredNodes start(final UnaryOperator<byte[]> fate, final Consumer<SteeredNodes> plan) {
        final SteeredNodes nodes = new SteeredNodes(NODES, fate);
        for (int node = 0; node < NODES; node++) {
            nodes.run(node, INCREMENT);
        }
        nodes.sharing(0).remember(new DirectoryPage.Split(SEGMENT, 0, 1));
        nodes.begin();
        plan.accept(nodes);
        return nodes;
    }

    private OrderExplorer explore(final UnaryOperator<byte[]> fate, final Consumer<SteeredNodes> plan,
                                  final Consumer<List<SteeredNodes.Outcome>> check) throws InterruptedException {
        final OrderExplorer explorer = new OrderExplorer(MOST_STATES, () -> start(fate, plan), nodes -> {
            delegations.addAndGet(nodes.sharing(1).delegatedPages() > 0 ? 1 : 0);
            // Whatever the order was, all show the same in the end.
            for (int node = 0; node < NODES; node++) {
                nodes.run(node, READ);
            }
            check.accept(nodes.outcomes());
        });
        explorer.explore();
        return explorer;
    }

    private void explore(final String what, final Consumer<SteeredNodes> plan,
                         final Consumer<List<SteeredNodes.Outcome>> check) throws InterruptedException {
        final OrderExplorer explorer = explore(bytes -> bytes, plan, check);
        System.out.println(what + ": " + explorer + ", with another responsible node in the end of " + delegations);
        assertTrue(delegations.get() > 0);
    }

    /** Each increment adds to all before, and who reads sees at least those that had ended when it began. */
    private static void assertCounts(final List<SteeredNodes.Outcome> outcomes) {
        long counted = 0;
        for (final SteeredNodes.Outcome outcome : outcomes) {
            if (outcome.value() > 0) {
                counted++;
            }
        }
        assertEquals(counted, outcomes.stream().mapToLong(SteeredNodes.Outcome::value).max().orElseThrow());
        assertEquals(counted, outcomes.stream().filter(outcome -> outcome.value() > 0).distinct().count());
        for (final SteeredNodes.Outcome read : outcomes) {
            if (read.value() < 0) {
                final long before = outcomes.stream().filter(other -> other.value() > 0 && other.end() < read.begin())
                    .count();
                final long begun = outcomes.stream().filter(other -> other.value() > 0 && other.begin() < read.end())
                    .count();
                assertTrue(-read.value() >= before && -read.value() <= begun,
                    "read " + -read.value() + " after " + before + " of " + begun + " increments");
            }
        }
    }

    @Test
    void everybodyChangesThePage() throws InterruptedException {
        explore("all change the page", nodes -> {
            for (int node = 0; node < NODES; node++) {
                nodes.add(node, INCREMENT);
            }
        }, DelegationExplorerTest::assertCounts);
    }

    @Test
    void oneChangesWhatOthersRead() throws InterruptedException {
        explore("one changes what others read", DelegationExplorerTest::readAndChange,
            DelegationExplorerTest::assertCounts);
    }

    private static void readAndChange(final SteeredNodes nodes) {
        nodes.add(0, READ);
        nodes.add(1, READ);
        nodes.add(2, INCREMENT);
    }

    @Test
    void olderVersionsAreForgotten() throws InterruptedException {
        explore("older versions are forgotten", nodes -> {
            nodes.add(1, INCREMENT);
            nodes.allowSettlements(1);
        }, DelegationExplorerTest::assertCounts);
    }

    @Test
    void aFreedPageIsForgotten() throws InterruptedException {
        explore("a freed page is forgotten", nodes -> {
            nodes.add(1, FREE);
            nodes.allowSettlements(1);
        }, outcomes -> outcomes.subList(outcomes.size() - NODES, outcomes.size())
            .forEach(read -> assertEquals(0, read.value())));
    }

    @Test
    @EnabledIfSystemProperty(named = "coherence.exploration", matches = "long")
    void aFreedPageThatAnotherChangesIsForgotten() throws InterruptedException {
        explore("a freed page that another changes is forgotten", nodes -> {
            nodes.add(1, FREE);
            nodes.add(2, INCREMENT);
            nodes.allowSettlements(1);
        }, DelegationExplorerTest::assertFreedOrCounted);
    }

    /** Takes long, for all that nodes tell one another then. */
    @Test
    @EnabledIfSystemProperty(named = "coherence.exploration", matches = "long")
    void anEpochBegins() throws InterruptedException {
        explore("an epoch begins", nodes -> {
            nodes.add(1, INCREMENT);
            nodes.announceEpoch();
        }, DelegationExplorerTest::assertCounts);
    }

    @Test
    void oneFreesWhatAnotherChanges() throws InterruptedException {
        explore("one frees what another changes", nodes -> {
            nodes.add(1, FREE);
            nodes.add(2, INCREMENT);
        }, DelegationExplorerTest::assertFreedOrCounted);
    }

    /** One came after the other, and what it left is what all read in the end. */
    private static void assertFreedOrCounted(final List<SteeredNodes.Outcome> outcomes) {
        final SteeredNodes.Outcome free = outcomes.stream().filter(outcome -> outcome.value() == 0)
            .findFirst().orElseThrow();
        final SteeredNodes.Outcome increment = outcomes.stream()
            .filter(outcome -> outcome.node() == 2 && outcome.value() > 0).reduce((first, last) -> last).orElseThrow();
        final boolean isFreedLast = increment.value() == NODES + 1;
        assertTrue(isFreedLast || increment.value() == 1, "counted to " + increment.value());
        assertTrue(isFreedLast ? free.end() > increment.begin() : increment.end() > free.begin());
        outcomes.subList(outcomes.size() - NODES, outcomes.size())
            .forEach(read -> assertEquals(isFreedLast ? 0 : -1, read.value()));
    }

    /** What the explorer would not find it could not rule out. */
    @ParameterizedTest
    @EnumSource(value = WireType.class, names = {"MOVED", "OWNERSHIP", "HOLDER"})
    void aMessageThatIsNotSentIsFound(final WireType type) {
        final AssertionError found = assertThrows(AssertionError.class,
            () -> explore(bytes -> BundleMutation.without(type, bytes), DelegationExplorerTest::readAndChange,
                DelegationExplorerTest::assertCounts));
        System.out.println("without " + type.title() + ": " + found.getMessage().lines().findFirst().orElseThrow());
    }
}
