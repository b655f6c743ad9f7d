package org.dsmfs.engine.coherence.wire;

/** Why a bundle is refused, as a whole. */
public enum BundleDefect {
    /** Shorter than its header, or than its entries say. */
    TRUNCATED,
    /** Longer than its entries. */
    TRAILING_BYTES,
    /** Of another format version. */
    FORMAT_VERSION,
    /** No entries, or a negative epoch. */
    HEADER,
    /** An entry of no known type. */
    TYPE,
    /** An entry that belongs to another stream. */
    STREAM,
    /** An entry with a flag or a field that its type has not. */
    UNUSED_FIELD,
    /** An entry with a number out of its range. */
    FIELD_RANGE,
    /** Content that is larger than the page, or of a page that is absent. */
    CONTENT
}
