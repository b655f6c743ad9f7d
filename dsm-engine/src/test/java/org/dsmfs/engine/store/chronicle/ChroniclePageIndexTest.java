package org.dsmfs.engine.store.chronicle;

import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.values.Values;
import org.dsmfs.engine.store.DiskException;
import org.dsmfs.engine.store.PageIndex;
import org.dsmfs.engine.store.PageIndex.Location;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ChroniclePageIndexTest {
    private static final int ENOSPC = 28;
    private static final long CAPACITY = 20_000;

    @TempDir
    private Path directory;

    private record Page(long segment, long page) {
    }

    private record Place(long slot, long version, int length, int crc) {
        private Location location() {
            final Location location = new Location();
            location.slot = slot;
            location.version = version;
            location.length = length;
            location.crc = crc;
            return location;
        }

        private static Place of(final Location location) {
            return new Place(location.slot, location.version, location.length, location.crc);
        }
    }

    private Path file() {
        return directory.resolve("index");
    }

    private ChroniclePageIndex open() {
        return ChroniclePageIndex.open(file(), CAPACITY);
    }

    @Test
    void agreesWithAHashMap() {
        final Random random = new Random(42);
        final Map<Page, Place> expected = new HashMap<>();
        try (ChroniclePageIndex index = open()) {
            assertTrue(index.isFresh());
            for (int i = 0; i < 50_000; i++) {
                final Page page = new Page(random.nextLong() % 30, random.nextInt(200));
                if (random.nextInt(3) == 0) {
                    assertEquals(expected.remove(page) != null, index.remove(page.segment, page.page));
                } else {
                    final Place place =
                        new Place(random.nextLong(), random.nextLong(), random.nextInt(), random.nextInt());
                    expected.put(page, place);
                    index.put(page.segment, page.page, place.location());
                }
                final Page other = new Page(random.nextLong() % 30, random.nextInt(200));
                final Location found = new Location();
                final boolean isFound = index.get(other.segment, other.page, found);
                assertEquals(expected.get(other), isFound ? Place.of(found) : null);
            }
            assertEquals(expected, content(index));
        }
        try (ChroniclePageIndex index = open()) {
            assertFalse(index.isFresh());
            assertEquals(expected, content(index));
            index.clear();
            assertEquals(Map.of(), content(index));
            assertFalse(index.get(1, 1, new Location()));
        }
    }

    @Test
    void closedIndexIsOneFileForItsOwnerOnly() throws IOException {
        filled(10).close();
        assertEquals(List.of("index"), files());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    }

    @Test
    void indexThatWasNotClosedIsNotTrusted() throws IOException {
        filled(10).close();
        final ChroniclePageIndex abandoned = open();
        assertFalse(abandoned.isFresh());
        try (ChroniclePageIndex index = open()) {
            assertTrue(index.isFresh());
            assertEquals(Map.of(), content(index));
        }
        assertEquals(List.of("index"), files());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 300, 5000, 1_000_000, -9, -8, -4, -1})
    void flippedBitMakesAFreshIndex(final long position) throws IOException {
        filled(10).close();
        final byte[] content = Files.readAllBytes(file());
        content[Math.floorMod(position, content.length)] ^= 0x10;
        Files.write(file(), content);
        assertFreshAndUsable();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 4096, 1_000_000})
    void truncatedFileMakesAFreshIndex(final int length) throws IOException {
        filled(10).close();
        final byte[] content = Files.readAllBytes(file());
        Files.write(file(), Arrays.copyOf(content, length));
        assertFreshAndUsable();
    }

    private void assertFreshAndUsable() {
        try (ChroniclePageIndex index = open()) {
            assertTrue(index.isFresh());
            assertEquals(0, index.size());
            index.put(1, 2, new Place(3, 4, 5, 6).location());
        }
        try (ChroniclePageIndex index = open()) {
            assertFalse(index.isFresh());
            assertEquals(Map.of(new Page(1, 2), new Place(3, 4, 5, 6)), content(index));
        }
    }

    @Test
    void growsMoreThanOnceAndKeepsEverything() throws IOException {
        final int pages = 700_000;
        try (ChroniclePageIndex index = open()) {
            for (final int room : new int[] {(int) CAPACITY, 33_333, pages}) {
                index.grow(room);
                assertTrue(index.capacity() >= room, index.capacity() + " instead of " + room);
                for (int i = (int) index.size(); i < room; i++) {
                    index.put(i / 1000, i % 1000, place(i).location());
                }
            }
            assertEquals(pages, index.size());
            assertTrue(index.remove(0, 0));
            index.put(0, 0, place(0).location());
        }
        assertEquals(List.of("index"), files());
        try (ChroniclePageIndex index = open()) {
            assertFalse(index.isFresh());
            assertEquals(pages, index.size());
            final Location found = new Location();
            for (int i = 0; i < pages; i++) {
                assertTrue(index.get(i / 1000, i % 1000, found));
                assertEquals(place(i), Place.of(found));
            }
        }
    }

    @Test
    void noRoomIsNoSpaceAndLeavesNothingBehind() throws IOException {
        final DiskException failure =
            assertThrows(DiskException.class, () -> ChroniclePageIndex.open(file(), 1L << 36).close());
        assertEquals(ENOSPC, failure.errno(), failure.getMessage());
        assertEquals(List.of(), files());
    }

    @Test
    void growthWithoutRoomHasNoEffect() throws IOException {
        try (ChroniclePageIndex index = filled(10)) {
            final Map<Page, Place> before = content(index);
            final DiskException failure = assertThrows(DiskException.class, () -> index.grow(1L << 36));
            assertEquals(ENOSPC, failure.errno(), failure.getMessage());
            assertEquals(1, files().size(), files().toString());
            assertEquals(before, content(index));
        }
        assertEquals(List.of("index"), files());
    }

    @Test
    void noClassIsCompiledAtRunTime() {
        open().close();
        assertEquals(ChroniclePageIndex.class.getProtectionDomain().getCodeSource(),
            Values.nativeClassFor(VanillaGlobalMutableState.class).getProtectionDomain().getCodeSource());
    }

    @Test
    void stateOfTheMapLiesAsTheLibraryPutsIt() {
        final VanillaGlobalMutableState state = Values.newNativeReference(VanillaGlobalMutableState.class);
        assertEquals(25, state.maxSize());
        final ByteBuffer bytes = ByteBuffer.allocateDirect(32).order(ByteOrder.LITTLE_ENDIAN);
        state.bytesStore(BytesStore.wrap(bytes), 4, 25);
        state.setDataStoreSize(0x1122334455667788L);
        state.setSegmentHeadersOffset(0xF1F2F3F4L);
        state.setExtraTiersInUse(0xE1E2E3E4E5L);
        state.setFirstFreeTierIndex(0xD1D2D3D4D5L);
        state.setAllocatedExtraTierBulks(0xC1C2C3);
        assertEquals(0xC1C2C3, bytes.getInt(4) & 0xFFFFFF);
        assertEquals(0xD1D2D3D4D5L, bytes.getLong(4 + 3) & 0xFFFFFFFFFFL);
        assertEquals(0xE1E2E3E4E5L, bytes.getLong(4 + 8) & 0xFFFFFFFFFFL);
        assertEquals(0xF1F2F3F4, bytes.getInt(4 + 13));
        assertEquals(0x1122334455667788L, bytes.getLong(4 + 17));
        assertEquals(0xC1C2C3, state.getAllocatedExtraTierBulks());
        assertEquals(0xD1D2D3D4D5L, state.getFirstFreeTierIndex());
        assertEquals(0xE1E2E3E4E5L, state.getExtraTiersInUse());
        assertEquals(0xF1F2F3F4L, state.getSegmentHeadersOffset());
        assertEquals(0x1122334455667789L, state.addDataStoreSize(1));
        assertThrows(IllegalArgumentException.class, () -> state.setAllocatedExtraTierBulks(1 << 24));
    }

    private ChroniclePageIndex filled(final int pages) {
        final ChroniclePageIndex index = open();
        for (int i = 0; i < pages; i++) {
            index.put(i / 1000, i % 1000, place(i).location());
        }
        return index;
    }

    private static Place place(final int i) {
        return new Place(i * 7L, i + 1L, i % 32768, i * 31);
    }

    private static Map<Page, Place> content(final PageIndex index) {
        final Map<Page, Place> content = new HashMap<>();
        index.forEach((segment, page, location) -> content.put(new Page(segment, page), Place.of(location)));
        assertEquals(content.size(), index.size());
        return content;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
