package org.dsmfs.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.dsmfs.layout.Fixture.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DirectoryListingTest {
    /** 1,000,000 in the long run. */
    private static final int MANY = Integer.getInteger("layout.entries", 200_000);

    private static final int MOST_PAGES = 10;

    private final Fixture fixture = new Fixture();

    @Test
    void anEmptyDirectoryListsItselfAndItsParent() {
        final long directory = fixture.directory("d");
        final List<String> seen = new ArrayList<>();
        fixture.fs.readDirectory(directory, 0, (name, ino, type, cookie) -> {
            assertEquals(FileType.DIRECTORY, type);
            return seen.add(new String(name, UTF_8) + " " + ino + " " + cookie);
        });
        assertEquals(List.of(". " + directory + " 1", ".. 1 2"), seen);
    }

    @Test
    void goesOnAfterEachCookie() {
        final long directory = fixture.directory("d");
        for (int i = 0; i < 500; i++) {
            fixture.file(directory, "file" + i);
        }
        final List<String> all = fixture.list(directory);
        final List<String> oneByOne = new ArrayList<>();
        final long[] cookie = {0};
        boolean more = true;
        while (more) {
            final int before = oneByOne.size();
            fixture.fs.readDirectory(directory, cookie[0], (name, ino, type, next) -> {
                if (oneByOne.size() > before) {
                    return false;
                }
                assertTrue(next > cookie[0], "cookies ascend");
                cookie[0] = next;
                return oneByOne.add(new String(name, UTF_8));
            });
            more = oneByOne.size() > before;
        }
        assertEquals(all, oneByOne);
        assertEquals(502, all.size());
    }

    @Test
    void listsWhatStaysExactlyOnceWhileTheRestComesAndGoes() {
        final Random random = new Random(5);
        final long directory = fixture.directory("d");
        final long file = fixture.file("f");
        final Set<String> staying = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            staying.add("stays" + i);
            link(file, directory, "stays" + i);
            link(file, directory, "goes" + i);
        }
        final Map<String, Integer> seen = new HashMap<>();
        final Set<String> gone = new HashSet<>();
        fixture.fs.readDirectory(directory, 0, (name, ino, type, cookie) -> {
            seen.merge(new String(name, UTF_8), 1, Integer::sum);
            if (random.nextInt(3) == 0) {
                final String going = "goes" + random.nextInt(2000);
                if (gone.add(going)) {
                    fixture.fs.unlink(Caller.ROOT, directory, bytes(going));
                }
                link(file, directory, "comes" + seen.size() + "-" + random.nextInt());
            }
            return true;
        });
        assertTrue(gone.size() > 500);
        for (final String name : staying) {
            assertEquals(1, seen.get(name), name);
        }
        seen.forEach((name, times) -> assertEquals(1, times, name));
        fixture.assertClean();
    }

    @Test
    void costPerEntryStaysFlat() {
        final long directory = fixture.directory("d");
        final long file = fixture.file("f");
        fixture.space.takeMostPagesInRun();
        final long firstNanos = linkMany(file, directory, 0, MANY / 10);
        linkMany(file, directory, MANY / 10, MANY - MANY / 10);
        final long lastNanos = linkMany(file, directory, MANY - MANY / 10, MANY);
        assertTrue(lastNanos < 5 * firstNanos + 200_000_000L, firstNanos + " ns first, " + lastNanos + " ns last");
        assertFewPages("link");
        assertEquals(MANY + 2, fixture.list(directory).size());
        assertFewPages("list");
        for (int i = 0; i < MANY; i++) {
            fixture.fs.lookup(directory, bytes("entry number " + i), fixture.out);
        }
        assertEquals(MANY + 1, fixture.out.nlink);
        assertFewPages("lookup");
        for (int i = 0; i < MANY; i++) {
            fixture.fs.unlink(Caller.ROOT, directory, bytes("entry number " + i));
        }
        assertFewPages("unlink");
        assertEquals(4096, fixture.attributes(directory).size);
        fixture.assertClean();
    }

    /** No operation, or step of a listing, takes more pages than the tree is high, with those that a split makes. */
    private void assertFewPages(final String operation) {
        final int pages = fixture.space.takeMostPagesInRun();
        assertTrue(pages <= MOST_PAGES, operation + " takes " + pages + " pages");
    }

    private long linkMany(final long file, final long directory, final int from, final int to) {
        final long start = System.nanoTime();
        for (int i = from; i < to; i++) {
            link(file, directory, "entry number " + i);
        }
        return System.nanoTime() - start;
    }

    private void link(final long file, final long directory, final String name) {
        fixture.fs.link(Caller.ROOT, file, directory, bytes(name), fixture.out);
    }
}
