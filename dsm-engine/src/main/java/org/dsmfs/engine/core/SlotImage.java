package org.dsmfs.engine.core;

/**
 * What a slot holds after a checkpoint, as the slot table shall say.
 *
 * @param large   whether the slot is in the slab of large pages
 * @param slot    from 0
 * @param segment of the page
 * @param page    index of the page
 * @param version of the page, 1.., or 0 if the slot is free
 * @param length  bytes stored; the rest of the page is zeros
 * @param crc     CRC-32C of the bytes stored
 */
public record SlotImage(boolean large, int slot, long segment, long page, long version, int length, int crc) {
    /** @return the image of a slot that holds nothing */
    public static SlotImage free(final boolean large, final int slot) {
        return new SlotImage(large, slot, 0, 0, 0, 0, 0);
    }

    /** @return whether the slot holds nothing */
    public boolean isFree() {
        return version == 0;
    }
}
