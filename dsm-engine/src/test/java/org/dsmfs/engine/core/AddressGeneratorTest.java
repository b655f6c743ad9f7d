package org.dsmfs.engine.core;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.Segment;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    void onlyNumbersOfTheGrantSinceTheMarkAreNew() {
        final AddressGenerator addresses = new AddressGenerator();
        addresses.granted(16, 20);
        addresses.mark();
        assertFalse(addresses.isNew(19));
        assertTrue(addresses.isNew(20));
        assertFalse(addresses.isNew(16 + AddressGenerator.GRANT), "it is somebody else's");
        addresses.granted(16 + AddressGenerator.GRANT, 16 + AddressGenerator.GRANT);
        assertTrue(addresses.isNew(20));
        assertTrue(addresses.isNew(16 + AddressGenerator.GRANT));
        final long later = 16 + 5 * AddressGenerator.GRANT;
        addresses.granted(later, later);
        assertFalse(addresses.isNew(20), "others may have numbers in between");
        assertTrue(addresses.isNew(later));
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
