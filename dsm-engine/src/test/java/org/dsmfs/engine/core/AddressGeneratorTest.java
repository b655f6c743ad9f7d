package org.dsmfs.engine.core;

import org.agrona.MutableDirectBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.directory.Directory;
import org.dsmfs.engine.directory.HeapTransaction;
import org.dsmfs.engine.directory.Range;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class AddressGeneratorTest {
    private static final long FIRST = AddressGenerator.FIRST;
    private static final long GRANT = AddressGenerator.GRANT;
    private static final long ROOT_MAGIC = 0x746f6f72_6d736401L;
    private static final int UNGRANTED_OFFSET = 8;

    private final HeapTransaction tx = new HeapTransaction();

    private MutableDirectBuffer root() {
        return tx.write(Directory.SEGMENT, Directory.ROOT_PAGE);
    }

    @Test
    void grantsFollowEachOtherAndNeverOverlap() {
        assertEquals(FIRST, AddressGenerator.grant(tx, 0));
        assertEquals(FIRST + GRANT, AddressGenerator.grant(tx, 0));
        assertEquals(FIRST + 2 * GRANT, AddressGenerator.grant(tx, 0));
    }

    @Test
    void grantBelongsToThePartitionThatItWasMadeFor() {
        AddressGenerator.grant(tx, 0);
        AddressGenerator.grant(tx, 3);
        AddressGenerator.grant(tx, 3);
        AddressGenerator.grant(tx, 4);
        assertEquals(new Range(0, 0, FIRST + GRANT, 0, 0), Directory.lookup(tx, FIRST, 0));
        assertEquals(new Range(FIRST + GRANT, 0, FIRST + 3 * GRANT, 0, 3), Directory.lookup(tx, FIRST + GRANT, 0));
        assertEquals(4, Directory.lookup(tx, FIRST + 4 * GRANT - 1, Long.MAX_VALUE).partition());
        assertEquals(0, Directory.lookup(tx, FIRST + 4 * GRANT, 0).partition());
    }

    @Test
    void goesOnWithARootPageFromBeforeThereWasADirectory() {
        root().putLong(0, ROOT_MAGIC, ByteOrder.LITTLE_ENDIAN);
        root().putLong(UNGRANTED_OFFSET, FIRST + 2 * GRANT, ByteOrder.LITTLE_ENDIAN);
        assertEquals(0, Directory.lookup(tx, FIRST + GRANT, 0).partition());
        assertEquals(FIRST + 2 * GRANT, AddressGenerator.grant(tx, 9));
        assertEquals(0, Directory.lookup(tx, FIRST + 2 * GRANT - 1, 0).partition());
        assertEquals(9, Directory.lookup(tx, FIRST + 2 * GRANT, 0).partition());
    }

    @Test
    void handsOutTheRestOfAGrant() {
        final AddressGenerator addresses = new AddressGenerator();
        assertEquals(0, addresses.next());
        addresses.granted(16, 16 + GRANT - 2);
        assertEquals(16 + GRANT - 2, addresses.next());
        assertEquals(16 + GRANT - 1, addresses.next());
        assertEquals(0, addresses.next());
    }

    @Test
    void refusesARootPageThatIsNotOne() {
        root().putLong(0, 1);
        assertThrows(EngineException.class, () -> AddressGenerator.grant(tx, 0));
    }

    @Test
    void refusesToGrantBeyondTheLastNumber() {
        AddressGenerator.grant(tx, 0);
        root().putLong(UNGRANTED_OFFSET, Segment.MAX_NUMBER - GRANT + 1, ByteOrder.LITTLE_ENDIAN);
        assertThrows(EngineException.class, () -> AddressGenerator.grant(tx, 0));
    }
}
