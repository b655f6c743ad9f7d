package org.dsmfs.layout;

import static org.dsmfs.layout.Fixture.assertErrno;
import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one node does is there on the others, and nothing that a node keeps for itself gets in the way. */
class ClusterTest {
    private static final long HOUR = 3_600_000_000_000L;

    private final ClusterFixture cluster = new ClusterFixture(2);

    @AfterEach
    void isClean() {
        assertEquals(List.of(), FileSystemCheck.check(cluster.spaces[0]));
    }

    @Test
    void theSecondNodeFindsTheFilesystemOfTheFirst() {
        final long ino = cluster.file(0, "f");
        cluster.nodes[1].lookup(FileSystem.ROOT, bytes("f"), cluster.out);
        assertEquals(ino, cluster.out.ino);
    }

    @Test
    void timesDoNotGoBackAndEachChangeShowsWhenAClockIsBehind() {
        final long ino = cluster.file(0, "f");
        cluster.clocks[1] -= HOUR;
        long before = changeTime(ino);
        for (int i = 0; i < 10; i++) {
            append(i % 2, ino, "x");
            cluster.clocks[0]++;
            cluster.clocks[1]++;
            final long after = changeTime(ino);
            assertTrue(i % 2 == 0 ? after >= before : after > before, "change " + i);
            assertEquals(after, cluster.out.mtimeSeconds * 1_000_000_000 + cluster.out.mtimeNanos);
            before = after;
        }
    }

    @Test
    void aTimeThatAUserSetDoesNotStay() {
        final long ino = cluster.file(0, "f");
        final AttributeChange change = new AttributeChange();
        change.setMtime = true;
        change.mtimeSeconds = 4_000_000_000L;
        cluster.nodes[0].setAttributes(Caller.ROOT, ino, change, cluster.out);
        assertEquals(4_000_000_000L, cluster.out.mtimeSeconds);
        append(1, ino, "x");
        assertEquals(cluster.clocks[1] / 1_000_000_000, cluster.attributes(0, ino).mtimeSeconds);
    }

    @Test
    void theNodeWhoseClockIsBehindDoesNotSetTheAccessTimeAgainAndAgain() {
        final long ino = cluster.file(0, "f");
        append(0, ino, "x");
        cluster.clocks[1] -= HOUR;
        read(1, ino);
        final long first = accessTime(ino);
        read(1, ino);
        assertEquals(first, accessTime(ino));
        assertTrue(first > changeTime(ino));
    }

    @Test
    void appendsOfTwoNodesDoNotOverlap() {
        final long ino = cluster.file(0, "f");
        for (int i = 0; i < 2000; i++) {
            append(i % 2, ino, i % 2 == 0 ? "aa" : "bb");
        }
        assertEquals("aabb".repeat(1000), read(1, ino));
    }

    @Test
    void twoRenamesCannotMakeACycle() {
        final long a = cluster.directory(0, FileSystem.ROOT, "a");
        final long b = cluster.directory(1, FileSystem.ROOT, "b");
        cluster.attributes(1, a);
        cluster.attributes(0, b);
        cluster.nodes[0].rename(Caller.ROOT, FileSystem.ROOT, bytes("a"), b, bytes("a"), 0);
        assertErrno(Errno.EINVAL,
            () -> cluster.nodes[1].rename(Caller.ROOT, FileSystem.ROOT, bytes("b"), a, bytes("b"), 0));
    }

    @Test
    void aListingGoesOnRightlyWhileAnotherNodeChangesTheDirectory() {
        final long directory = cluster.directory(0, FileSystem.ROOT, "d");
        final Set<String> staying = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            make(i % 2, directory, "stays" + i);
            make(i % 2, directory, "goes" + i);
            staying.add("stays" + i);
        }
        final List<String> seen = new ArrayList<>();
        cluster.nodes[0].readDirectory(directory, 0, (name, ino, type, cookie) -> {
            final int i = seen.size();
            seen.add(new String(name));
            if (i < 1000) {
                cluster.nodes[1].unlink(Caller.ROOT, directory, bytes("goes" + i));
                make(1, directory, "comes" + i);
            }
            return true;
        });
        assertEquals(seen.size(), Set.copyOf(seen).size(), "listed twice");
        assertTrue(seen.containsAll(staying));
    }

    @Test
    void exclusiveCreationHasOneWinner() {
        assertTrue(cluster.nodes[0].create(Caller.ROOT, FileSystem.ROOT, bytes("f"), 0644, true, cluster.out));
        assertErrno(Errno.EEXIST,
            () -> cluster.nodes[1].create(Caller.ROOT, FileSystem.ROOT, bytes("f"), 0644, true, cluster.out));
    }

    private void make(final int node, final long directory, final String name) {
        cluster.nodes[node].mknod(Caller.ROOT, directory, bytes(name), FileType.REGULAR, 0, cluster.out);
    }

    private void append(final int node, final long ino, final String text) {
        cluster.nodes[node].write(Caller.ROOT, ino, 0, new UnsafeBuffer(bytes(text)), 0, text.length(), true);
    }

    private String read(final int node, final long ino) {
        final byte[] data = new byte[10_000];
        return new String(data, 0, cluster.nodes[node].read(ino, 0, new UnsafeBuffer(data), 0, data.length));
    }

    private long changeTime(final long ino) {
        final Attributes out = cluster.attributes(0, ino);
        return out.ctimeSeconds * 1_000_000_000 + out.ctimeNanos;
    }

    private long accessTime(final long ino) {
        final Attributes out = cluster.attributes(0, ino);
        return out.atimeSeconds * 1_000_000_000 + out.atimeNanos;
    }
}
