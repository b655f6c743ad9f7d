package org.dsmfs.engine.core;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class AddressGeneratorTest {
    private static final int UNGRANTED_OFFSET = 8;

    private final UnsafeBuffer root = new UnsafeBuffer(new byte[Segment.SMALL_PAGE_SIZE]);

    @Test
    void grantsFollowEachOtherAndNeverOverlap() {
        assertEquals(AddressGenerator.FIRST, AddressGenerator.grant(root, 0));
        assertEquals(AddressGenerator.FIRST + AddressGenerator.GRANT, AddressGenerator.grant(root, 0));
        assertEquals(AddressGenerator.FIRST + 2 * AddressGenerator.GRANT, AddressGenerator.grant(root, 0));
    }

    @Test
    void handsOutTheRestOfAGrant() {
        final AddressGenerator addresses = new AddressGenerator();
        assertEquals(0, addresses.next());
        addresses.granted(16, 16 + AddressGenerator.GRANT - 2);
        assertEquals(16 + AddressGenerator.GRANT - 2, addresses.next());
        assertEquals(16 + AddressGenerator.GRANT - 1, addresses.next());
        assertEquals(0, addresses.next());
    }

    @Test
    void refusesARootPageThatIsNotOne() {
        root.putLong(0, 1);
        assertThrows(EngineException.class, () -> AddressGenerator.grant(root, 0));
    }

    @Test
    void refusesToGrantBeyondTheLastNumber() {
        AddressGenerator.grant(root, 0);
        root.putLong(UNGRANTED_OFFSET, Segment.MAX_NUMBER - AddressGenerator.GRANT + 1, ByteOrder.LITTLE_ENDIAN);
        assertThrows(EngineException.class, () -> AddressGenerator.grant(root, 0));
    }
}
