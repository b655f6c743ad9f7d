package org.dsmfs.engine.membership.cluster;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.membership.JoinRefusedException.Reason;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Answer;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Command;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Done;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Join;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Joined;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Leave;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Refused;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Stop;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Suspect;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigurationLogTest {
    private static final UUID SPACE = new UUID(5, 6);
    private static final List<String> CONSENSUS = List.of("host0:4000");
    /** Of a space that one node has founded, as dsm wrote it when views did not say since when members are up. */
    private static final String SNAPSHOT_VERSION_3 = "030500001000000001000000000000000000010100000000000000050000000000000006"
        + "0000000100000000000000010001000000000001010a686f7374303a34303030000100000000000000000000000100000000000000"
        + "0000000000";

    private final ConfigurationLog log = new ConfigurationLog(CONSENSUS);

    private static Answer say(final ConfigurationLog log, final long session, final Command command) {
        final byte[] bytes = MessageFormat.encode(command);
        return log.onCommand(session, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private static Join join(final int id, final int incarnation, final UUID space) {
        return new Join(100 + id, id == 0, space, new UUID(1, id), incarnation, 4096, "host" + id + ":4000");
    }

    private Joined joined(final long session, final int id, final int incarnation) {
        return assertInstanceOf(Joined.class, say(log, session, join(id, incarnation, SPACE)));
    }

    private void assertRefused(final Reason reason, final Answer answer) {
        assertEquals(reason, assertInstanceOf(Refused.class, answer).reason());
    }

    @Test
    void founderMakesTheSpaceAndOthersLearnIt() {
        assertRefused(Reason.NO_SPACE_YET, say(log, 1, join(1, 1, SPACE)));
        assertRefused(Reason.NO_SPACE_YET, say(log, 1, join(1, 1, ConfigurationMessage.ANY_SPACE)));
        assertRefused(Reason.NO_SPACE_YET, say(log, 1, join(0, 1, ConfigurationMessage.ANY_SPACE)));
        assertEquals(0, log.epoch());
        final Answer founded = say(log, 1, join(0, 1, SPACE));
        assertEquals(new Joined(100, 0, SPACE, 4096, CONSENSUS, log.view()), founded);
        final Answer learned = say(log, 2, join(1, 1, ConfigurationMessage.ANY_SPACE));
        assertEquals(new Joined(101, 1, SPACE, 4096, CONSENSUS, log.view()), learned);
        assertRefused(Reason.OTHER_SPACE, say(log, 3, join(2, 1, new UUID(5, 7))));
        assertRefused(Reason.OTHER_SPACE, say(log, 3, join(0, 2, new UUID(5, 7))));
        assertRefused(Reason.OTHER_SPACE, say(log, 3, join(0, 2, ConfigurationMessage.ANY_SPACE)));
        assertEquals(Set.of(1L, 2L), log.sessions());
    }

    @Test
    void endOfTheSessionIsTheEndOfTheLease() {
        joined(1, 0, 1);
        joined(2, 1, 1);
        log.onSessionClosed(7);
        assertEquals(2, log.epoch());
        log.onSessionClosed(2);
        assertFalse(log.view().isUp(1));
        assertEquals(3, log.epoch());
        log.onSessionClosed(2);
        assertEquals(3, log.epoch());
        assertEquals(Set.of(1L), log.sessions());
    }

    @Test
    void nodeThatConnectsAgainKeepsItsLease() {
        joined(1, 0, 1);
        final View before = joined(2, 1, 1).view();
        joined(3, 1, 1);
        log.onSessionClosed(2);
        assertEquals(before, log.view());
        log.onSessionClosed(3);
        assertFalse(log.view().isUp(1));
        assertTrue(joined(4, 1, 1).view().isUp(1));
    }

    @Test
    void copiedStoreIsRefusedWhileTheLeaseLives() {
        joined(1, 0, 1);
        joined(2, 1, 1);
        final Join copy = new Join(9, false, SPACE, new UUID(1, 1), 2, 4096, "elsewhere:4000");
        assertRefused(Reason.DUPLICATE_NODE, say(log, 3, copy));
        log.onSessionClosed(2);
        assertInstanceOf(Joined.class, say(log, 3, copy));
        assertRefused(Reason.DUPLICATE_NODE, say(log, 4, join(1, 3, SPACE)));
    }

    @Test
    void suspicionLeadsToOneNewEpoch() {
        joined(1, 0, 1);
        joined(2, 1, 1);
        joined(3, 2, 1);
        log.onTimer();
        assertEquals(3, log.epoch());
        assertNull(say(log, 1, new Suspect(2, 3)));
        assertTrue(log.isEpochDue());
        assertNull(say(log, 2, new Suspect(2, 3)));
        log.onTimer();
        assertEquals(4, log.epoch());
        assertTrue(log.view().isUp(2));
        assertFalse(log.isEpochDue());
    }

    @Test
    void suspicionIsSettledByAnyNewEpoch() {
        joined(1, 0, 1);
        joined(2, 1, 1);
        say(log, 1, new Suspect(1, 2));
        log.onSessionClosed(2);
        assertEquals(3, log.epoch());
        assertFalse(log.isEpochDue());
        log.onTimer();
        assertEquals(3, log.epoch());
    }

    @Test
    void suspicionsThatAreOldOrOfStrangersDoNotCount() {
        joined(1, 0, 1);
        joined(2, 1, 1);
        say(log, 1, new Suspect(1, 1));
        say(log, 9, new Suspect(1, 2));
        say(log, 1, new Suspect(7, 2));
        assertFalse(log.isEpochDue());
        final ConfigurationLog empty = new ConfigurationLog(CONSENSUS);
        say(empty, 1, new Suspect(0, 0));
        assertFalse(empty.isEpochDue());
    }

    @Test
    void nodeStops() {
        joined(1, 0, 1);
        joined(2, 1, 1);
        assertEquals(new Done(4), say(log, 2, new Stop(4, false)));
        assertEquals(new Done(5), say(log, 2, new Stop(5, false)));
        assertFalse(log.view().isUp(1));
        assertEquals(3, log.epoch());
    }

    @Test
    void nodeLeaves() {
        joined(1, 0, 1);
        joined(2, 1, 1);
        assertRefused(Reason.BAD_HEIR, say(log, 2, new Leave(4, 1)));
        assertRefused(Reason.BAD_HEIR, say(log, 2, new Leave(4, 8)));
        assertEquals(new Done(5), say(log, 2, new Leave(5, 0)));
        assertEquals(new Done(5), say(log, 2, new Leave(5, 0)), "the answer was lost");
        assertNull(log.view().member(1));
        assertEquals(0, log.view().homes().get(1));
        log.onSessionClosed(2);
        assertEquals(3, log.epoch());
        assertRefused(Reason.HAS_LEFT, say(log, 4, join(1, 2, SPACE)));
    }

    @Test
    void otherVersionsAndGarbageAreRefused() {
        joined(1, 0, 1);
        final byte[] other = MessageFormat.encode(join(1, 1, SPACE));
        other[0]++;
        assertEquals(101, ((Refused) log.onCommand(2, new UnsafeBuffer(other), 0, other.length)).correlation());
        final byte[] before = log.snapshot();
        final Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            final byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            log.onCommand(3, new UnsafeBuffer(bytes), 0, bytes.length);
        }
        assertArrayEquals(before, log.snapshot());
    }

    /** Random events on one log, and on another one that is replaced by its snapshot now and then. */
    @Test
    void snapshotIsTheWholeState() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            final Random random = new Random(seed);
            final ConfigurationLog straight = new ConfigurationLog(CONSENSUS);
            ConfigurationLog restored = new ConfigurationLog(CONSENSUS);
            for (int step = 0; step < 100; step++) {
                final int event = random.nextInt(10);
                final long session = random.nextInt(8);
                final Command command = randomCommand(random, straight.epoch());
                for (final ConfigurationLog each : List.of(straight, restored)) {
                    if (event == 0) {
                        each.onSessionClosed(session);
                    } else if (event == 1) {
                        each.onTimer();
                    }
                }
                if (event > 1) {
                    assertEquals(say(straight, session, command), say(restored, session, command));
                }
                assertArrayEquals(straight.snapshot(), restored.snapshot(), "seed " + seed + " step " + step);
                if (random.nextInt(5) == 0) {
                    final ConfigurationLog next = new ConfigurationLog(CONSENSUS);
                    next.restore(restored.snapshot());
                    restored = next;
                }
            }
        }
    }

    private static Command randomCommand(final Random random, final long epoch) {
        return switch (random.nextInt(8)) {
            case 0 -> new Suspect(random.nextInt(5), epoch - random.nextInt(2));
            case 1 -> new Stop(random.nextInt(), random.nextBoolean());
            case 2 -> new Leave(random.nextInt(), random.nextInt(5));
            default -> join(random.nextInt(5), 1 + random.nextInt(3), SPACE);
        };
    }

    @Test
    void dataPagesAreOfTheSpacesSize() {
        joined(1, 0, 1);
        final Refused refused = assertInstanceOf(Refused.class,
            say(log, 2, new Join(7, false, SPACE, new UUID(1, 1), 1, 8192, "host1:4000")));
        assertEquals(Reason.OTHER_PAGE_SIZE, refused.reason());
        assertTrue(refused.text().contains("4096") && refused.text().contains("--data-page"), refused.text());
        final Answer learned = say(log, 2,
            new Join(8, false, ConfigurationMessage.ANY_SPACE, new UUID(1, 1), 1, 0, "host1:4000"));
        assertEquals(4096, assertInstanceOf(Joined.class, learned).dataPageBytes());
    }

    @Test
    void nodeOfAnotherVersionIsToldSo() {
        joined(1, 0, 1);
        final byte[] bytes = MessageFormat.encode(join(1, 1, SPACE));
        bytes[0]++;
        final Refused refused = assertInstanceOf(Refused.class,
            log.onCommand(2, new UnsafeBuffer(bytes), 0, bytes.length));
        assertEquals(Reason.OTHER_FORMAT, refused.reason());
        assertEquals(101, refused.correlation());
        assertTrue(refused.text().contains("install the same dsm on all nodes"), refused.text());
    }

    private Answer sayInTheOldVersion(final long session, final Command command) {
        final byte[] bytes = MessageFormat.encode(command);
        bytes[0] = MessageFormat.OLDEST_VERSION;
        return log.onCommand(session, new UnsafeBuffer(bytes), 0, bytes.length);
    }

    @Test
    void whoAsksIsToldAndNoMember() {
        assertRefused(Reason.NO_SPACE_YET, say(log, 2, join(1, 0, ConfigurationMessage.ANY_SPACE)));
        joined(1, 0, 1);
        final byte[] before = log.snapshot();
        final Joined told = assertInstanceOf(Joined.class, say(log, 2, join(1, 0, ConfigurationMessage.ANY_SPACE)));
        assertEquals(ConfigurationMessage.NO_MEMBER, told.node());
        assertEquals(SPACE, told.spaceId());
        assertEquals(4096, told.dataPageBytes());
        assertRefused(Reason.OTHER_SPACE, say(log, 2, join(1, 0, new UUID(9, 9))));
        assertArrayEquals(before, log.snapshot());
        log.onSessionClosed(2);
        assertArrayEquals(before, log.snapshot());
    }

    /** A space goes on with a newer dsm, which reads the log that an older one has written. */
    @Test
    void aLogOfAnOlderVersionIsRead() throws IOException {
        assertInstanceOf(Joined.class, sayInTheOldVersion(1, join(0, 1, SPACE)));
        assertInstanceOf(Joined.class, sayInTheOldVersion(2, join(1, 1, SPACE)));
        joined(3, 0, 2);
        assertRefused(Reason.OTHER_FORMAT, sayInTheOldVersion(4, join(1, 2, SPACE)));
        final ConfigurationLog restored = new ConfigurationLog(CONSENSUS);
        restored.restore(log.snapshot());
        assertArrayEquals(log.snapshot(), restored.snapshot());
    }

    @Test
    void snapshotsOfOlderVersionsAreRead() throws IOException {
        final byte[] third = HexFormat.of().parseHex(SNAPSHOT_VERSION_3);
        // It had no version of the messages.
        final byte[] second = new byte[third.length - 1];
        second[0] = 2;
        System.arraycopy(third, 2, second, 1, second.length - 1);
        for (final byte[] old : List.of(second, third)) {
            final ConfigurationLog restored = new ConfigurationLog(CONSENSUS);
            restored.restore(old);
            assertEquals(List.of(new Member(0, 1, "host0:4000", true, false, 0)), restored.view().members());
            assertEquals(1, restored.epoch());
            assertEquals(Set.of(1L), restored.sessions());
        }
    }

    @Test
    void damagedSnapshotIsRefused() {
        joined(1, 0, 1);
        final byte[] snapshot = log.snapshot();
        snapshot[0]++;
        assertThrows(IOException.class, () -> new ConfigurationLog(CONSENSUS).restore(snapshot));
    }
}
