package org.dsmfs.engine.directory;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.directory.DirectoryPage.Split;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class DirectoryPageTest {
    private final UnsafeBuffer page = new UnsafeBuffer(new byte[Segment.SMALL_PAGE_SIZE]);

    private static Split split(final int i) {
        return new Split(Segment.of(0x05, 0x20 + i), i, i % Segment.PARTITIONS);
    }

    @Test
    void hasTheNewestEntries() {
        assertEquals(List.of(), DirectoryPage.entries(null));
        for (int i = 0; i < 3 * DirectoryPage.MOST_ENTRIES; i++) {
            DirectoryPage.add(page, split(i));
            assertEquals(IntStream.rangeClosed(Math.max(0, i - DirectoryPage.MOST_ENTRIES + 1), i)
                .mapToObj(DirectoryPageTest::split).toList(), DirectoryPage.entries(page));
        }
    }

    @Test
    void bytes() {
        DirectoryPage.add(page, new Split(Segment.of(0x01, 0x20), 3, 0x102));
        final StringBuilder hex = new StringBuilder();
        for (int i = 0; i < 40; i += 8) {
            hex.append(String.format(" %016x", page.getLong(i, ByteOrder.BIG_ENDIAN)));
        }
        assertEquals(" 0164736d64697200 0100000000000000 2000000000000001 0300000000000000 0201000000000000",
            hex.toString());
    }

    @Test
    void refusesWhatIsNoDirectoryPage() {
        assertThrows(EngineException.class, () -> DirectoryPage.entries(page));
        DirectoryPage.add(page, split(1));
        page.putInt(32, Segment.PARTITIONS, ByteOrder.LITTLE_ENDIAN);
        assertThrows(EngineException.class, () -> DirectoryPage.entries(page));
        page.putInt(32, 0, ByteOrder.LITTLE_ENDIAN);
        page.putLong(24, -1, ByteOrder.LITTLE_ENDIAN);
        assertThrows(EngineException.class, () -> DirectoryPage.entries(page));
    }
}
