package org.dsmfs.nodes;

import static org.dsmfs.posix.sys.Descriptor.FALLOC_KEEP_SIZE;
import static org.dsmfs.posix.sys.Descriptor.FALLOC_PUNCH_HOLE;
import static org.dsmfs.posix.sys.Descriptor.O_APPEND;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.dsmfs.posix.sys.Descriptor.SEEK_END;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Mapping;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The first look on another node after a call has returned sees what the call did. The other node has always looked
 * before, so that whatever it caches is there to be wrong; and each test looks in one way only, as the first look would
 * refresh what a second one finds.
 */
@NodesSuite
class VisibilityTest {
    private static final int PAGE_BYTES = 4096;
    private static final int LARGEST_BYTES = 1 << 20;

    private static byte[] content(final int length, final int turn) {
        final byte[] content = new byte[length];
        new Random(turn).nextBytes(content);
        return content;
    }

    private static byte[] readAll(final String path) {
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            return file.read(LARGEST_BYTES + 1);
        }
    }

    private static void overwrite(final String path, final byte[] content) {
        try (Descriptor file = Descriptor.open(path, O_WRONLY)) {
            file.pwrite(0, content);
        }
    }

    // --- names ---------------------------------------------------------------------------------------------------

    @Test
    void aNewFileIsFoundWhereItWasMissing(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            assertFalse(Posix.exists(there.path("file")));
            here.file("file", content(100, turn));
            assertArrayEquals(content(100, turn), readAll(there.path("file")));
            Posix.unlink(here.path("file"));
        });
    }

    @Test
    void anUnlinkedFileIsGone(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            here.file("file");
            assertTrue(Posix.exists(there.path("file")));
            Posix.unlink(here.path("file"));
            assertFalse(Posix.exists(there.path("file")));
        });
    }

    @Test
    void anUnlinkedFileCannotBeOpened(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            here.file("file", content(100, turn));
            assertArrayEquals(content(100, turn), readAll(there.path("file")));
            Posix.unlink(here.path("file"));
            Expect.error(Errno.ENOENT, () -> readAll(there.path("file")));
        });
    }

    @Test
    void aDirectoryListsANewName(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            final int names = DirectoryReader.names(there.path()).size();
            here.file("file-" + turn);
            final List<String> seen = DirectoryReader.names(there.path());
            assertEquals(names + 1, seen.size());
            assertTrue(seen.contains("file-" + turn));
        });
    }

    @Test
    void aDirectoryNoLongerListsARemovedName(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            here.file("file");
            assertEquals(List.of("file"), DirectoryReader.names(there.path()));
            Posix.unlink(here.path("file"));
            assertEquals(List.of(), DirectoryReader.names(there.path()));
        });
    }

    @Test
    void aDirectoryThatIsOpenIsListedAnewAfterRewinding(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            here.file("old-" + turn);
            try (DirectoryReader reader =
                     new DirectoryReader(there.path(), DirectoryReader.USUAL_BATCH_BYTES)) {
                reader.rest();
                Posix.rename(here.path("old-" + turn), here.path("new-" + turn));
                reader.seek(0);
                final List<String> seen = reader.rest().stream().map(DirectoryReader.Entry::name).toList();
                assertEquals(Set.of(".", "..", "new-" + turn), Set.copyOf(seen));
            }
            Posix.unlink(here.path("new-" + turn));
        });
    }

    @Test
    void aDirectoryCountsItsSubdirectoriesAndChangesItsTime(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            final FileStatus before = Posix.stat(there.path());
            Expect.waitForClockTick();
            here.directory("directory", 0755);
            final FileStatus made = Posix.stat(there.path());
            assertEquals(before.links() + 1, made.links());
            assertTrue(made.modified().isAfter(before.modified()));
            Posix.rmdir(here.path("directory"));
            assertEquals(before.links(), Posix.stat(there.path()).links());
        });
    }

    @Test
    void aReplacedFileIsTheNewOne(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            readAll(there.path("file"));
            Posix.rename(here.file("new", content(5000, turn)), here.path("file"));
            assertArrayEquals(content(5000, turn), readAll(there.path("file")));
        });
    }

    @Test
    void aReplacedFileHasTheNewOnesInodeNumber(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            Posix.stat(there.path("file"));
            final long inode = Posix.stat(here.file("new")).inode();
            Posix.rename(here.path("new"), here.path("file"));
            assertEquals(inode, Posix.stat(there.path("file")).inode());
        });
    }

    @Test
    void aRenamedFileIsAtItsNewNameOnly(final SharedDirectory shared) {
        shared.on(0).file("name-0");
        shared.byTurns((here, there, turn) -> {
            final String old = "name-" + (turn - 1);
            assertTrue(Posix.exists(there.path(old)));
            assertFalse(Posix.exists(there.path("name-" + turn)));
            Posix.rename(here.path(old), here.path("name-" + turn));
            assertFalse(Posix.exists(there.path(old)));
            assertTrue(Posix.exists(there.path("name-" + turn)));
        });
    }

    @Test
    void whatIsBelowARenamedDirectoryMovesWithIt(final SharedDirectory shared) {
        shared.on(0).directory("name-0", 0755);
        shared.on(0).file("name-0/file", content(10, 0));
        shared.byTurns((here, there, turn) -> {
            final String old = "name-" + (turn - 1);
            assertArrayEquals(content(10, 0), readAll(there.path(old + "/file")));
            Posix.rename(here.path(old), here.path("name-" + turn));
            Expect.error(Errno.ENOENT, () -> readAll(there.path(old + "/file")));
            assertArrayEquals(content(10, 0), readAll(there.path("name-" + turn + "/file")));
        });
    }

    @Test
    void aNameMayBecomeADirectoryAndAFileAgain(final SharedDirectory shared) {
        shared.on(0).file("name");
        shared.byTurns((here, there, turn) -> {
            assertEquals(FileStatus.S_IFREG, Posix.lstat(there.path("name")).type());
            Posix.unlink(here.path("name"));
            here.directory("name", 0755);
            assertEquals(FileStatus.S_IFDIR, Posix.lstat(there.path("name")).type());
            Posix.rmdir(here.path("name"));
            here.file("name");
            assertEquals(FileStatus.S_IFREG, Posix.lstat(there.path("name")).type());
        });
    }

    @Test
    void aRemovedDirectoryTakesNoNewFiles(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            here.directory("directory", 0755);
            assertEquals(List.of(), DirectoryReader.names(there.path("directory")));
            Posix.rmdir(here.path("directory"));
            Expect.error(Errno.ENOENT, () -> there.file("directory/file"));
        });
    }

    @Test
    void aSymbolicLinkIsFollowedToItsNewTarget(final SharedDirectory shared) {
        shared.on(0).file("target-0", content(10, 0));
        shared.on(0).file("target-1", content(10, 1));
        Posix.symlink("target-0", shared.on(0).path("link"));
        shared.byTurns((here, there, turn) -> {
            assertArrayEquals(content(10, (turn - 1) % 2), readAll(there.path("link")));
            Posix.symlink("target-" + turn % 2, here.path("new"));
            Posix.rename(here.path("new"), here.path("link"));
            assertArrayEquals(content(10, turn % 2), readAll(there.path("link")));
        });
    }

    @Test
    void aSymbolicLinkMadeAnewIsReadAnew(final SharedDirectory shared) {
        Posix.symlink("target-0", shared.on(0).path("link"));
        shared.byTurns((here, there, turn) -> {
            assertEquals("target-" + (turn - 1), Posix.readlink(there.path("link")));
            Posix.unlink(here.path("link"));
            Posix.symlink("target-" + turn, here.path("link"));
            assertEquals("target-" + turn, Posix.readlink(there.path("link")));
        });
    }

    // --- attributes ----------------------------------------------------------------------------------------------

    @Test
    void permissionsChange(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            Posix.stat(there.path("file"));
            Posix.chmod(here.path("file"), 0600 + turn % 0100);
            assertEquals(FileStatus.S_IFREG | 0600 + turn % 0100, Posix.stat(there.path("file")).mode());
        });
    }

    @Test
    void anOpenFileTellsItsNewOwner(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            try (Descriptor open = Descriptor.open(there.path("file"), O_RDONLY)) {
                open.stat();
                Posix.chown(here.path("file"), turn, turn + 1);
                final FileStatus seen = open.stat();
                assertEquals(turn, seen.uid());
                assertEquals(turn + 1, seen.gid());
            }
        });
    }

    @Test
    void timesThatAreSetAreSeen(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            Posix.stat(there.path("file"));
            final Instant time = Instant.ofEpochSecond(1_000_000_000L + turn, 123_456_789);
            Posix.setTimes(here.path("file"), time, time);
            assertEquals(time, Posix.stat(there.path("file")).modified());
        });
    }

    @Test
    void aWriteSetsTheModificationTime(final SharedDirectory shared) {
        final String name = "file";
        shared.on(0).file(name);
        shared.byTurns((here, there, turn) -> {
            final Instant before = Posix.stat(there.path(name)).modified();
            Expect.waitForClockTick();
            overwrite(here.path(name), new byte[] {(byte) turn});
            final FileStatus seen = Posix.stat(there.path(name));
            assertTrue(seen.modified().isAfter(before));
            assertEquals(Posix.stat(here.path(name)).modified(), seen.modified());
        });
    }

    @Test
    void linksAreCounted(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            assertEquals(turn, Posix.stat(there.path("file")).links());
            Posix.link(here.path("file"), here.path("link-" + turn));
            assertEquals(turn + 1, Posix.stat(there.path("file")).links());
        });
    }

    @Test
    void attributesChange(final SharedDirectory shared) {
        Posix.setxattr(shared.on(0).file("file"), "trusted.name", content(20, 0), 0);
        shared.byTurns((here, there, turn) -> {
            assertArrayEquals(content(20, turn - 1), Posix.getxattr(there.path("file"), "trusted.name"));
            Posix.setxattr(here.path("file"), "trusted.name", content(20, turn), 0);
            assertArrayEquals(content(20, turn), Posix.getxattr(there.path("file"), "trusted.name"));
        });
    }

    @Test
    void attributesComeAndGo(final SharedDirectory shared) {
        shared.on(0).file("file");
        shared.byTurns((here, there, turn) -> {
            assertFalse(Posix.listxattr(there.path("file")).contains("trusted.name"));
            Posix.setxattr(here.path("file"), "trusted.name", content(20, turn), 0);
            assertTrue(Posix.listxattr(there.path("file")).contains("trusted.name"));
            Posix.removexattr(here.path("file"), "trusted.name");
            Expect.error(Errno.ENODATA, () -> Posix.getxattr(there.path("file"), "trusted.name"));
        });
    }

    // --- data ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {100, 5000, 200_000, LARGEST_BYTES})
    void anOverwrittenFileReadsAsWritten(final int length, final SharedDirectory shared) {
        shared.on(0).file("file", content(length, 0));
        shared.byTurns((here, there, turn) -> {
            assertArrayEquals(content(length, turn - 1), readAll(there.path("file")));
            overwrite(here.path("file"), content(length, turn));
            assertArrayEquals(content(length, turn), readAll(there.path("file")));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 5000, 200_000})
    void aWriteWithoutCloseIsSeenOnADescriptorThatIsOpen(final int length, final SharedDirectory shared) {
        shared.on(0).file("file", content(length, 0));
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR)) {
            shared.byTurns((here, there, turn) -> {
                assertArrayEquals(content(length, turn - 1), open.on(there).pread(0, length));
                open.on(here).pwrite(0, content(length, turn));
                assertArrayEquals(content(length, turn), open.on(there).pread(0, length));
            });
        }
    }

    @Test
    void aSmallWriteInTheMiddleIsSeenOnADescriptorThatIsOpen(final SharedDirectory shared) {
        shared.on(0).file("file", new byte[10 * PAGE_BYTES]);
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR)) {
            shared.byTurns((here, there, turn) -> {
                final long offset = (long) turn * 911 % (10 * PAGE_BYTES - 8);
                open.on(there).pread(offset, 8);
                open.on(here).pwrite(offset, content(8, turn));
                assertArrayEquals(content(8, turn), open.on(there).pread(offset, 8));
            });
        }
    }

    @Test
    void growthIsSeenByFstat(final SharedDirectory shared) {
        shared.on(0).file("file");
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR)) {
            shared.byTurns((here, there, turn) -> {
                assertEquals((turn - 1) * 777L, open.on(there).stat().size());
                open.on(here).pwrite((turn - 1) * 777L, content(777, turn));
                assertEquals(turn * 777L, open.on(there).stat().size());
            });
        }
    }

    @Test
    void growthIsSeenByAReaderAtTheEnd(final SharedDirectory shared) {
        shared.on(0).file("file");
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR)) {
            shared.byTurns((here, there, turn) -> {
                assertEquals(0, open.on(there).pread((turn - 1) * 777L, 777).length);
                open.on(here).pwrite((turn - 1) * 777L, content(777, turn));
                assertArrayEquals(content(777, turn), open.on(there).pread((turn - 1) * 777L, 1000));
            });
        }
    }

    @Test
    void growthIsSeenBySeekingToTheEnd(final SharedDirectory shared) {
        shared.on(0).file("file");
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR)) {
            shared.byTurns((here, there, turn) -> {
                assertEquals((turn - 1) * 777L, open.on(there).seek(0, SEEK_END));
                open.on(here).pwrite((turn - 1) * 777L, content(777, turn));
                assertEquals(turn * 777L, open.on(there).seek(0, SEEK_END));
            });
        }
    }

    @Test
    void eachAppendFollowsTheOneBefore(final SharedDirectory shared) {
        shared.on(0).file("file");
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR | O_APPEND)) {
            shared.byTurns((here, there, turn) -> {
                open.on(here).write(content(300, turn));
                assertArrayEquals(content(300, turn), open.on(there).pread((turn - 1) * 300L, 1000));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 5000, 200_000})
    void aTruncatedFileEndsWhereItWasCut(final int length, final SharedDirectory shared) {
        shared.on(0).file("file", content(length, 0));
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR)) {
            shared.byTurns((here, there, turn) -> {
                assertArrayEquals(content(length, 0), open.on(there).pread(0, length + 1));
                open.on(here).truncate(length / 3);
                assertArrayEquals(Arrays.copyOf(content(length, 0), length / 3), open.on(there).pread(0, length));
                open.on(here).truncate(length);
                final byte[] cut = Arrays.copyOf(Arrays.copyOf(content(length, 0), length / 3), length);
                assertArrayEquals(cut, open.on(there).pread(0, length + 1));
                open.on(here).pwrite(0, content(length, 0));
            });
        }
    }

    @Test
    void truncationIsSeenByFstat(final SharedDirectory shared) {
        shared.on(0).file("file");
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR)) {
            shared.byTurns((here, there, turn) -> {
                open.on(there).stat();
                final long size = turn * 7919L % 100_000;
                Posix.truncate(here.path("file"), size);
                assertEquals(size, open.on(there).stat().size());
            });
        }
    }

    @Test
    void aPunchedHoleReadsAsZeros(final SharedDirectory shared) {
        final int length = 40 * PAGE_BYTES;
        shared.on(0).file("file");
        try (OpenEverywhere open = OpenEverywhere.of(shared, "file", O_RDWR)) {
            shared.byTurns((here, there, turn) -> {
                open.on(here).pwrite(0, content(length, turn));
                assertArrayEquals(content(length, turn), open.on(there).pread(0, length));
                open.on(here).allocate(FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, PAGE_BYTES + 7, 30 * PAGE_BYTES);
                final byte[] expected = content(length, turn);
                Arrays.fill(expected, PAGE_BYTES + 7, PAGE_BYTES + 7 + 30 * PAGE_BYTES, (byte) 0);
                assertArrayEquals(expected, open.on(there).pread(0, length));
            });
        }
    }

    @Test
    void aMappingThatOnlyReadsSeesWrites(final SharedDirectory shared) {
        final int length = 5 * PAGE_BYTES;
        shared.on(0).file("file", content(length, 0));
        shared.byTurns((here, there, turn) -> {
            try (Descriptor reader = Descriptor.open(there.path("file"), O_RDONLY);
                 Mapping mapping = Mapping.of(reader, 0, length, Mapping.PROT_READ, Mapping.MAP_SHARED);
                 Descriptor writer = Descriptor.open(here.path("file"), O_WRONLY)) {
                assertArrayEquals(content(length, turn - 1), mapping.get(0, length));
                writer.pwrite(0, content(length, turn));
                assertArrayEquals(content(length, turn), mapping.get(0, length));
            }
        });
    }

    @Test
    void aStoreIntoAMappingIsSeenAfterMsync(final SharedDirectory shared) {
        final int length = 5 * PAGE_BYTES;
        shared.on(0).file("file", content(length, 0));
        shared.byTurns((here, there, turn) -> {
            try (Descriptor reader = Descriptor.open(there.path("file"), O_RDONLY);
                 Descriptor writer = Descriptor.open(here.path("file"), O_RDWR);
                 Mapping mapping = Mapping.of(writer, 0, length, Mapping.PROT_READ | Mapping.PROT_WRITE,
                     Mapping.MAP_SHARED)) {
                reader.pread(0, length);
                mapping.put(0, content(length, turn));
                mapping.sync();
                assertArrayEquals(content(length, turn), reader.pread(0, length));
            }
        });
    }

    // --- open files without a name -------------------------------------------------------------------------------

    @Test
    void anUnlinkedFileLivesWhereItIsOpen(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            here.file("file", content(50_000, turn));
            try (Descriptor open = Descriptor.open(there.path("file"), O_RDWR)) {
                Posix.unlink(here.path("file"));
                here.file("file", new byte[] {1});
                assertEquals(0, open.stat().links());
                assertArrayEquals(content(50_000, turn), open.pread(0, 60_000));
                open.pwrite(25_000, content(50_000, turn + 1));
                assertArrayEquals(content(50_000, turn + 1), open.pread(25_000, 60_000));
            }
            assertArrayEquals(new byte[] {1}, readAll(there.path("file")));
            Posix.unlink(here.path("file"));
        });
    }

    @Test
    void aFileThatIsUnlinkedAndOpenOnTwoNodesIsOneFile(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            final String path = here.file("file", content(10_000, turn));
            try (Descriptor one = Descriptor.open(path, O_RDWR);
                 Descriptor two = Descriptor.open(there.path("file"), O_RDWR)) {
                Posix.unlink(there.path("file"));
                one.pwrite(0, content(10_000, turn + 1));
                assertArrayEquals(content(10_000, turn + 1), two.pread(0, 20_000));
            }
        });
    }

    @Test
    void anOpenDirectoryThatIsRemovedIsEmpty(final SharedDirectory shared) {
        shared.byTurns((here, there, turn) -> {
            here.directory("directory", 0755);
            here.file("directory/file");
            try (Descriptor open = Descriptor.open(there.path("directory"), O_RDONLY)) {
                open.statAt("file");
                Posix.unlink(here.path("directory/file"));
                Posix.rmdir(here.path("directory"));
                Expect.error(Errno.ENOENT, () -> open.statAt("file"));
                Expect.error(Errno.ENOENT, () -> open.mkdirAt("other", 0755));
            }
        });
    }

    /** A file's descriptors, one on each node. */
    private record OpenEverywhere(SharedDirectory shared, List<Descriptor> descriptors) implements AutoCloseable {
        static OpenEverywhere of(final SharedDirectory shared, final String name, final int flags) {
            return new OpenEverywhere(shared,
                shared.views().stream().map(view -> Descriptor.open(view.path(name), flags)).toList());
        }

        Descriptor on(final TestDirectory view) {
            return descriptors.get(shared.views().indexOf(view));
        }

        @Override
        public void close() {
            descriptors.forEach(Descriptor::close);
        }
    }
}
