package org.dsmfs.nodes;

import static org.dsmfs.posix.sys.Descriptor.O_APPEND;
import static org.dsmfs.posix.sys.Descriptor.O_CREAT;
import static org.dsmfs.posix.sys.Descriptor.O_EXCL;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.dsmfs.posix.support.Background;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.PosixException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where all nodes want the same at the same time, one gets it, nothing is lost, and all see the same in the end. */
@NodesSuite
class RaceTest {
    /** Ways to make a name that must be new; before a round there is a file "own-N" for each contestant. */
    private enum Maker {
        CREATE {
            @Override
            void make(final String own, final String path) {
                Descriptor.open(path, O_CREAT | O_EXCL | O_WRONLY, 0644).close();
            }
        },
        MKDIR {
            @Override
            void make(final String own, final String path) {
                Posix.mkdir(path, 0755);
            }
        },
        SYMLINK {
            @Override
            void make(final String own, final String path) {
                Posix.symlink(own, path);
            }
        },
        LINK {
            @Override
            void make(final String own, final String path) {
                Posix.link(own, path);
            }
        },
        MKFIFO {
            @Override
            void make(final String own, final String path) {
                Posix.mkfifo(path, 0644);
            }
        };

        abstract void make(String own, String path);
    }

    private static void assertOneWinner(final List<Errno> outcomes, final Errno others) {
        assertEquals(1, Collections.frequency(outcomes, null), "winners");
        assertEquals(outcomes.size() - 1, Collections.frequency(outcomes, others), "losers told " + others);
    }

    @ParameterizedTest
    @EnumSource
    void aNameIsMadeOnce(final Maker maker, final SharedDirectory shared) throws Throwable {
        try (Contest contest = new Contest(shared)) {
            for (int i = 0; i < contest.contestants(); i++) {
                shared.on(i).file("own-" + i);
            }
            contest.rounds(
                round -> { },
                (view, contestant, round) -> maker.make(view.path("own-" + contestant), view.path("name-" + round)),
                (round, outcomes) -> {
                    assertOneWinner(outcomes, Errno.EEXIST);
                    final int winner = outcomes.indexOf(null);
                    shared.onEach(view -> {
                        assertTrue(Posix.exists(view.path("name-" + round)));
                        if (maker == Maker.LINK) {
                            assertEquals(Posix.stat(view.path("own-" + winner)).inode(),
                                Posix.stat(view.path("name-" + round)).inode());
                        }
                    });
                });
            if (maker == Maker.LINK) {
                assertAllLinksCounted(shared, contest.contestants());
            }
        }
    }

    /** Every file has as many links as names lead to it. */
    private static void assertAllLinksCounted(final SharedDirectory shared, final int files) throws Throwable {
        shared.onEach(view -> {
            final Map<Long, Long> names = new HashMap<>();
            DirectoryReader.names(view.path()).forEach(
                name -> names.merge(Posix.lstat(view.path(name)).inode(), 1L, Long::sum));
            assertEquals(files, names.size());
            for (int i = 0; i < files; i++) {
                final FileStatus status = Posix.stat(view.path("own-" + i));
                assertEquals(names.get(status.inode()), status.links());
            }
        });
    }

    @Test
    void aFileIsMovedAwayOnce(final SharedDirectory shared) throws Throwable {
        try (Contest contest = new Contest(shared)) {
            contest.rounds(
                round -> shared.on(round).file("source"),
                (view, contestant, round) -> Posix.rename(view.path("source"), view.path("target-" + contestant)),
                (round, outcomes) -> {
                    assertOneWinner(outcomes, Errno.ENOENT);
                    final String target = "target-" + outcomes.indexOf(null);
                    shared.onEach(view -> assertEquals(List.of(target), DirectoryReader.names(view.path())));
                    Posix.unlink(shared.on(round + 1).path(target));
                });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNameIsRemovedOnce(final boolean directory, final SharedDirectory shared) throws Throwable {
        try (Contest contest = new Contest(shared)) {
            contest.rounds(
                round -> {
                    if (directory) {
                        shared.on(round).directory("name", 0755);
                    } else {
                        shared.on(round).file("name");
                    }
                },
                (view, contestant, round) -> {
                    if (directory) {
                        Posix.rmdir(view.path("name"));
                    } else {
                        Posix.unlink(view.path("name"));
                    }
                },
                (round, outcomes) -> {
                    assertOneWinner(outcomes, Errno.ENOENT);
                    shared.onEach(view -> assertFalse(Posix.exists(view.path("name"))));
                });
        }
    }

    @Test
    void aDirectoryIsRemovedOrGetsAFile(final SharedDirectory shared) throws Throwable {
        final String file = "directory/file-";
        try (Contest contest = new Contest(shared)) {
            contest.rounds(
                round -> shared.on(round).directory("directory", 0755),
                (view, contestant, round) -> {
                    if (contestant % 2 == round % 2) {
                        Posix.rmdir(view.path("directory"));
                    } else {
                        view.file(file + contestant);
                    }
                },
                (round, outcomes) -> {
                    final List<Integer> made = IntStream.range(0, outcomes.size())
                        .filter(i -> i % 2 != round % 2 && outcomes.get(i) == null).boxed().toList();
                    final List<Errno> removals = IntStream.range(0, outcomes.size())
                        .filter(i -> i % 2 == round % 2).mapToObj(outcomes::get).toList();
                    assertEquals(made.isEmpty() ? 1 : 0, Collections.frequency(removals, null), "removals");
                    shared.onEach(view -> {
                        assertEquals(!made.isEmpty(), Posix.exists(view.path("directory")));
                        made.forEach(i -> Posix.stat(view.path(file + i)));
                    });
                    if (!made.isEmpty()) {
                        made.forEach(i -> Posix.unlink(shared.on(i).path(file + i)));
                        Posix.rmdir(shared.on(round).path("directory"));
                    }
                });
        }
    }

    @Test
    void directoriesThatMoveIntoEachOtherMakeNoCycle(final SharedDirectory shared) throws Throwable {
        try (Contest contest = new Contest(shared)) {
            contest.rounds(
                round -> {
                    shared.on(round).directory("a", 0755);
                    shared.on(round).directory("a/deep", 0755);
                    shared.on(round + 1).directory("b", 0755);
                    shared.on(round + 1).directory("b/deep", 0755);
                },
                (view, contestant, round) -> {
                    if (contestant % 2 == 0) {
                        Posix.rename(view.path("a"), view.path("b/deep/a"));
                    } else {
                        Posix.rename(view.path("b"), view.path("a/deep/b"));
                    }
                },
                (round, outcomes) -> {
                    assertEquals(1, Collections.frequency(outcomes, null), "winners");
                    final Set<Errno> errors = EnumSet.noneOf(Errno.class);
                    outcomes.stream().filter(outcome -> outcome != null).forEach(errors::add);
                    assertTrue(EnumSet.of(Errno.ENOENT, Errno.EINVAL).containsAll(errors));
                    final boolean aMoved = outcomes.indexOf(null) % 2 == 0;
                    final String outer = aMoved ? "b" : "a";
                    final String inner = outer + "/deep/" + (aMoved ? "a" : "b");
                    shared.onEach(view -> {
                        assertEquals(List.of(outer), DirectoryReader.names(view.path()));
                        assertEquals(List.of("deep"), DirectoryReader.names(view.path(inner)));
                    });
                    for (final String directory : List.of(inner + "/deep", inner, outer + "/deep", outer)) {
                        Posix.rmdir(shared.on(round).path(directory));
                    }
                });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 1000, 9000})
    void appendedRecordsAreAllThereAndWhole(final int recordBytes, final SharedDirectory shared) throws Throwable {
        final int records = 100;
        final int contestants;
        shared.on(0).file("log");
        try (Contest contest = new Contest(shared)) {
            contestants = contest.contestants();
            contest.all((view, contestant) -> {
                try (Descriptor log = Descriptor.open(view.path("log"), O_WRONLY | O_APPEND)) {
                    for (int i = 0; i < records; i++) {
                        log.write(record(contestant, i, recordBytes));
                    }
                }
                return null;
            });
        }
        shared.onEach(view -> assertRecords(view.path("log"), contestants, records, recordBytes));
    }

    private static byte[] record(final int writer, final int number, final int length) {
        final byte[] line = new byte[length];
        Arrays.fill(line, (byte) ('a' + writer));
        final byte[] head = (writer + " " + number + " ").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, line, 0, head.length);
        line[length - 1] = '\n';
        return line;
    }

    private static void assertRecords(final String path, final int writers, final int records, final int length) {
        final int[] next = new int[writers];
        try (Descriptor log = Descriptor.open(path, O_RDONLY)) {
            assertEquals((long) writers * records * length, log.stat().size());
            for (long offset = 0; offset < log.stat().size(); offset += length) {
                final byte[] line = log.pread(offset, length);
                final String head = new String(line, StandardCharsets.US_ASCII);
                final int writer = Integer.parseInt(head.substring(0, head.indexOf(' ')));
                assertTrue(Arrays.equals(record(writer, next[writer], length), line),
                    "record at " + offset + " is not the next one of writer " + writer);
                next[writer]++;
            }
        }
        for (final int count : next) {
            assertEquals(records, count);
        }
    }

    @Test
    void aFileThatIsReplacedIsNeverMissingAndNeverHalf(final SharedDirectory shared) throws Throwable {
        final AtomicBoolean stop = new AtomicBoolean();
        shared.on(0).file("target", new byte[9000]);
        final List<Background> readers = new ArrayList<>();
        for (final TestDirectory view : shared.views()) {
            readers.add(Background.start(() -> {
                while (!stop.get()) {
                    assertUniform(view.path("target"));
                }
            }));
        }
        try (Contest contest = new Contest(shared)) {
            contest.all((view, contestant) -> {
                for (int i = 0; i < 60; i++) {
                    final byte[] content = new byte[9000];
                    Arrays.fill(content, (byte) (contestant * 60 + i));
                    Posix.rename(view.file("new-" + contestant, content), view.path("target"));
                }
                return null;
            });
        } finally {
            stop.set(true);
        }
        for (final Background reader : readers) {
            reader.assertReturns();
        }
        shared.onEach(view -> assertEquals(List.of("target"), DirectoryReader.names(view.path())));
    }

    private static void assertUniform(final String path) {
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            final byte[] content = file.read(10_000);
            assertEquals(9000, content.length);
            for (final byte b : content) {
                assertEquals(content[0], b, "parts of two files");
            }
        }
    }

    @Test
    void filesMovedAboutByEverybodyAreEachInOnePlace(final SharedDirectory shared) throws Throwable {
        final int files = 12;
        final int directories = 4;
        for (int i = 0; i < directories; i++) {
            shared.on(i).directory("directory-" + i, 0755);
        }
        for (int i = 0; i < files; i++) {
            shared.on(i).file("directory-0/file-" + i, Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
        }
        try (Contest contest = new Contest(shared)) {
            final List<Integer> moves = contest.all((view, contestant) -> {
                final Random random = new Random(contestant);
                int moved = 0;
                for (int i = 0; i < 400; i++) {
                    final String name = "/file-" + random.nextInt(files);
                    final String from = view.path("directory-" + random.nextInt(directories) + name);
                    final String to = view.path("directory-" + random.nextInt(directories) + name);
                    moved += tryToRename(from, to) ? 1 : 0;
                }
                return moved;
            });
            assertTrue(moves.stream().allMatch(moved -> moved > 0), () -> "moves of each contestant: " + moves);
        }
        shared.onEach(view -> {
            final Map<String, String> places = new HashMap<>();
            for (int i = 0; i < directories; i++) {
                final String directory = "directory-" + i;
                for (final String name : DirectoryReader.names(view.path(directory))) {
                    assertEquals(null, places.put(name, directory), name + " is in two places");
                }
            }
            assertEquals(files, places.size());
            for (int i = 0; i < files; i++) {
                try (Descriptor file = Descriptor.open(view.path(places.get("file-" + i) + "/file-" + i), O_RDONLY)) {
                    assertEquals(Integer.toString(i), new String(file.read(10), StandardCharsets.US_ASCII));
                    assertEquals(1, file.stat().links());
                }
            }
        });
    }

    private static boolean tryToRename(final String from, final String to) {
        try {
            Posix.rename(from, to);
            return true;
        } catch (final PosixException e) {
            assertEquals(Errno.ENOENT, e.errno());
            return false;
        }
    }

    @Test
    void linksMadeAndRemovedByEverybodyAreCounted(final SharedDirectory shared) throws Throwable {
        final int remaining = 7;
        final int contestants;
        shared.on(0).file("file");
        try (Contest contest = new Contest(shared)) {
            contestants = contest.contestants();
            contest.all((view, contestant) -> {
                for (int i = 0; i < 60; i++) {
                    Posix.link(view.path("file"), view.path("link-" + contestant + "-" + i));
                    if (i >= remaining) {
                        Posix.unlink(view.path("link-" + contestant + "-" + (i - remaining)));
                    }
                }
                return null;
            });
        }
        shared.onEach(view -> {
            assertEquals(1 + contestants * remaining, Posix.stat(view.path("file")).links());
            assertEquals(1 + contestants * remaining, DirectoryReader.names(view.path()).size());
        });
    }

    @Test
    void filesMadeByEverybodyInOneDirectoryAreAllListed(final SharedDirectory shared) throws Throwable {
        final int files = 150;
        final int contestants;
        try (Contest contest = new Contest(shared)) {
            contestants = contest.contestants();
            contest.all((view, contestant) -> {
                for (int i = 0; i < files; i++) {
                    view.file("file-" + contestant + "-" + i, new byte[] {(byte) i});
                }
                return null;
            });
        }
        shared.onEach(view -> {
            final List<String> names = DirectoryReader.names(view.path());
            assertEquals(contestants * files, names.size());
            assertEquals(contestants * files, Set.copyOf(names).size());
            final Set<Long> inodes = new HashSet<>();
            names.forEach(name -> inodes.add(Posix.stat(view.path(name)).inode()));
            assertEquals(contestants * files, inodes.size(), "different inode numbers");
        });
    }

    @Test
    void aListingMeetsEachNameThatStaysOnce(final SharedDirectory shared) throws Throwable {
        final int staying = 300;
        final AtomicBoolean stop = new AtomicBoolean();
        for (int i = 0; i < staying; i++) {
            shared.on(i).file("staying-" + i);
        }
        final Background changer = Background.start(() -> {
            for (int i = 0; !stop.get(); i++) {
                Posix.unlink(shared.on(0).file("passing-" + i));
            }
        });
        for (int i = 0; i < 30; i++) {
            try (DirectoryReader reader = new DirectoryReader(shared.on(1).path(), 1024)) {
                final List<String> seen = reader.rest().stream().map(DirectoryReader.Entry::name)
                    .filter(name -> name.startsWith("staying")).toList();
                assertEquals(staying, seen.size());
                assertEquals(staying, Set.copyOf(seen).size());
            }
        }
        stop.set(true);
        changer.assertReturns();
    }
}
