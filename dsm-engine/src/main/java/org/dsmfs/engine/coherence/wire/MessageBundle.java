package org.dsmfs.engine.coherence.wire;

import java.nio.ByteOrder;

/**
 * Bytes of a bundle: one message of the network that holds messages about many pages, for one node and stream. A
 * header, then entries; an entry's content, if any, follows it. Little-endian; everything is a multiple of 8 bytes
 * long.
 *
 * <p>Codes and offsets are frozen: a change needs a new {@link #FORMAT_VERSION}. docs/WIRE-FORMATS.md.
 */
public final class MessageBundle {
    /** Version of everything in a bundle; one of another version is refused. */
    public static final int FORMAT_VERSION = 2;

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** {@link #FORMAT_VERSION}: int. */
    static final int FORMAT = 0;
    /** Entries, 1..: int. */
    static final int COUNT = 4;
    /** View that the sender lives in, 0..: long. */
    static final int EPOCH = 8;
    /** First entry. */
    static final int ENTRIES = 16;

    /** Code of the {@link WireType}: byte. */
    static final int TYPE = 0;
    /** Flags, as below: byte. */
    static final int FLAGS = 1;
    /** Ordinal of a CopyState that waits for nothing: byte, and a byte of zero. */
    static final int STATE = 2;
    /** A node, or PageOwnership.DISK where the type allows it: short. */
    static final int NODE = 4;
    /** Length of the content in units of {@link #WORD_BYTES}: unsigned short. */
    static final int CONTENT_WORDS = 6;
    /** Segment of the page: long. */
    static final int SEGMENT = 8;
    /** Index of the page, 0..: long. */
    static final int PAGE = 16;
    /** Ownership timestamp, 0..: long. */
    static final int TS = 24;
    /** Number of the request, 1..: long. */
    static final int SEQ = 32;
    /** Version tag, 0..: long. */
    static final int VERSION = 40;
    /** Length of an entry, and where its content begins. */
    static final int ENTRY_BYTES = 48;
    /** Content comes in words of this many bytes; words of zeros at the page's end are left out. */
    static final int WORD_BYTES = 8;

    /** Flag of GetM and Grant: {@link org.dsmfs.engine.coherence.Message#upgrade}. */
    public static final int UPGRADE = 0x01;
    /** Flag: the page does not exist in this version, it is a hole; there is no content. */
    public static final int ABSENT = 0x02;
    /** Flag: something at a node still uses the page, though nothing may lead to it. */
    public static final int PINNED = 0x04;
    /** Flag of Report and Holder: the copy is in RAM. */
    public static final int IN_RAM = 0x08;
    /** Flag of Report and Holder: the copy is on disk. */
    public static final int ON_DISK = 0x10;
    /** Flag of Report: the page was freed, and other disks may still have it. */
    public static final int TOMBSTONE = 0x20;
    /** Flag of Holder: it may be the only one that has the newest version on disk. */
    public static final int UNSETTLED = 0x40;

    private MessageBundle() {
    }
}
