package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.DirectoryReader;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 readdir(), rewinddir(), seekdir(); getdents(2)")
class ReaddirTest {
    private static final int SMALL_BATCH_BYTES = 1024;

    private static Map<String, Integer> counts(final List<DirectoryReader.Entry> entries) {
        return entries.stream().collect(Collectors.toMap(DirectoryReader.Entry::name, e -> 1, Integer::sum));
    }

    @Test
    void listsEachTypeWithItsInode(final TestDirectory directory) {
        for (final FileType type : FileType.values()) {
            directory.make(type, type.name());
        }
        try (DirectoryReader reader = new DirectoryReader(directory.path(), DirectoryReader.USUAL_BATCH_BYTES)) {
            final List<DirectoryReader.Entry> entries = reader.rest();
            assertEquals(FileType.values().length + 2, entries.size());
            for (final DirectoryReader.Entry entry : entries) {
                final FileStatus status = Posix.lstat(directory.path(entry.name()));
                assertEquals(status.inode(), entry.inode(), entry.name());
                assertTrue(entry.type() == 0 || entry.type() == status.type() >> 12, entry.name());
            }
        }
    }

    @Test
    void tenThousandEntriesAreListedOnceAndFound(final TestDirectory directory) {
        final int count = 10_000;
        for (int i = 0; i < count; i++) {
            directory.file("file-" + i);
        }
        for (final int batchBytes : new int[] {SMALL_BATCH_BYTES, 1 << 20}) {
            try (DirectoryReader reader = new DirectoryReader(directory.path(), batchBytes)) {
                final Map<String, Integer> counts = counts(reader.rest());
                assertEquals(count + 2, counts.size());
                assertTrue(counts.values().stream().allMatch(n -> n == 1));
            }
        }
        for (int i = 0; i < count; i += 97) {
            Posix.lstat(directory.path("file-" + i));
        }
    }

    @Test
    void whatIsThereThroughoutIsReturnedOnceWhileTheRestChanges(final TestDirectory directory) {
        final int count = 2000;
        for (int i = 0; i < count; i++) {
            directory.file("stays-" + i);
            directory.file("goes-" + i);
        }
        final List<DirectoryReader.Entry> entries = new ArrayList<>();
        try (DirectoryReader reader = new DirectoryReader(directory.path(), SMALL_BATCH_BYTES)) {
            int step = 0;
            for (List<DirectoryReader.Entry> batch = reader.batch(); !batch.isEmpty(); batch = reader.batch()) {
                entries.addAll(batch);
                for (int i = 0; i < 25 && step < count; i++, step++) {
                    Posix.unlink(directory.path("goes-" + (step * 7 % count)));
                    directory.file("comes-" + step);
                }
            }
        }
        final Map<String, Integer> counts = counts(entries);
        for (int i = 0; i < count; i++) {
            assertEquals(1, counts.getOrDefault("stays-" + i, 0), "stays-" + i);
        }
        assertTrue(counts.values().stream().allMatch(n -> n == 1), "an entry was returned twice");
    }

    @Test
    void removingWhileReadingEmptiesTheDirectory(final TestDirectory directory) {
        for (int i = 0; i < 3000; i++) {
            directory.file("file-" + i);
        }
        try (DirectoryReader reader = new DirectoryReader(directory.path(), SMALL_BATCH_BYTES)) {
            for (List<DirectoryReader.Entry> batch = reader.batch(); !batch.isEmpty(); batch = reader.batch()) {
                for (final DirectoryReader.Entry entry : batch) {
                    if (entry.name().startsWith("file-")) {
                        Posix.unlink(directory.path(entry.name()));
                    }
                }
            }
        }
        assertEquals(List.of(), DirectoryReader.names(directory.path()));
    }

    @Test
    void seekingReturnsToAPlaceAndRewindingSeesWhatIsNew(final TestDirectory directory) {
        for (int i = 0; i < 500; i++) {
            directory.file("file-" + i);
        }
        try (DirectoryReader reader = new DirectoryReader(directory.path(), SMALL_BATCH_BYTES)) {
            final List<DirectoryReader.Entry> all = reader.rest();
            reader.seek(all.get(249).next());
            assertEquals(all.subList(250, all.size()), reader.rest());
            directory.file("new");
            reader.seek(0);
            assertTrue(counts(reader.rest()).containsKey("new"));
        }
    }

    @Test
    void twoReadersDoNotDisturbEachOther(final TestDirectory directory) {
        for (int i = 0; i < 300; i++) {
            directory.file("file-" + i);
        }
        try (DirectoryReader one = new DirectoryReader(directory.path(), SMALL_BATCH_BYTES);
             DirectoryReader two = new DirectoryReader(directory.path(), SMALL_BATCH_BYTES)) {
            final int first = one.batch().size();
            assertEquals(302, two.rest().size());
            assertEquals(302 - first, one.rest().size());
        }
    }

    @Test
    @Basis("getdents(2): EINVAL if the buffer is too small for an entry; ENOTDIR")
    void aBufferWithoutRoomAndAFileAreErrors(final TestDirectory directory) throws Throwable {
        try (DirectoryReader reader = new DirectoryReader(directory.path(), 10)) {
            Expect.error(Errno.EINVAL, reader::batch);
        }
        final String file = directory.file("file");
        try (DirectoryReader reader = new DirectoryReader(Descriptor.open(file, O_RDONLY), 1000)) {
            Expect.error(Errno.ENOTDIR, reader::batch);
        }
    }
}
