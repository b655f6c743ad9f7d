package net.openhft.chronicle.hash;

import net.openhft.chronicle.bytes.BytesStore;

/**
 * The state that a Chronicle Map keeps in its file's header, in the map's own layout. The library generates and
 * compiles this class whenever a JVM opens its first map, which takes 0.6 to 9 s, unless it finds it under this name.
 */
@SuppressWarnings("rawtypes")
public final class VanillaGlobalMutableState$$Native implements VanillaGlobalMutableState {
    private static final int EXTRA_TIER_BULKS_OFFSET = 0;
    private static final int FIRST_FREE_TIER_OFFSET = 3;
    private static final int EXTRA_TIERS_IN_USE_OFFSET = 8;
    private static final int SEGMENT_HEADERS_OFFSET = 13;
    private static final int DATA_STORE_SIZE_OFFSET = 17;
    private static final int BYTES = 25;

    private static final int MASK_24_BITS = (1 << 24) - 1;
    private static final long MASK_40_BITS = (1L << 40) - 1;

    private BytesStore bytes;
    private long start;

    @Override
    public int getAllocatedExtraTierBulks() {
        return bytes.readInt(start + EXTRA_TIER_BULKS_OFFSET) & MASK_24_BITS;
    }

    @Override
    public void setAllocatedExtraTierBulks(final int bulks) {
        final long position = start + EXTRA_TIER_BULKS_OFFSET;
        bytes.writeInt(position, bytes.readInt(position) & ~MASK_24_BITS | inRange(bulks, MASK_24_BITS));
    }

    @Override
    public long getFirstFreeTierIndex() {
        return get40Bits(FIRST_FREE_TIER_OFFSET);
    }

    @Override
    public void setFirstFreeTierIndex(final long index) {
        set40Bits(FIRST_FREE_TIER_OFFSET, index);
    }

    @Override
    public long getExtraTiersInUse() {
        return get40Bits(EXTRA_TIERS_IN_USE_OFFSET);
    }

    @Override
    public void setExtraTiersInUse(final long tiers) {
        set40Bits(EXTRA_TIERS_IN_USE_OFFSET, tiers);
    }

    @Override
    public long getSegmentHeadersOffset() {
        return Integer.toUnsignedLong(bytes.readInt(start + SEGMENT_HEADERS_OFFSET));
    }

    @Override
    public void setSegmentHeadersOffset(final long offset) {
        bytes.writeInt(start + SEGMENT_HEADERS_OFFSET, (int) inRange(offset, 0xFFFF_FFFFL));
    }

    @Override
    public long getDataStoreSize() {
        return bytes.readLong(start + DATA_STORE_SIZE_OFFSET);
    }

    @Override
    public void setDataStoreSize(final long sizeBytes) {
        bytes.writeLong(start + DATA_STORE_SIZE_OFFSET, inRange(sizeBytes, Long.MAX_VALUE));
    }

    @Override
    public long addDataStoreSize(final long additionBytes) {
        setDataStoreSize(getDataStoreSize() + additionBytes);
        return getDataStoreSize();
    }

    private long get40Bits(final int offset) {
        return bytes.readLong(start + offset) & MASK_40_BITS;
    }

    private void set40Bits(final int offset, final long value) {
        final long position = start + offset;
        bytes.writeLong(position, bytes.readLong(position) & ~MASK_40_BITS | inRange(value, MASK_40_BITS));
    }

    private static int inRange(final int value, final int max) {
        return (int) inRange((long) value, max);
    }

    private static long inRange(final long value, final long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(value + " is not in 0.." + max);
        }
        return value;
    }

    @Override
    public void bytesStore(final BytesStore bytesStore, final long offset, final long length) {
        if (length != BYTES || offset + length > bytesStore.capacity()) {
            throw new IllegalArgumentException(length + " bytes at " + offset + " are not where the state can be");
        }
        bytes = bytesStore;
        start = offset;
    }

    @Override
    public BytesStore bytesStore() {
        return bytes;
    }

    @Override
    public long offset() {
        return start;
    }

    @Override
    public long maxSize() {
        return BYTES;
    }
}
