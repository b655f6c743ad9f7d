package org.dsmfs.layout;

/** When a read changes the access time; mount(8). */
public enum AtimePolicy {
    /** Only if it is not newer than mtime or ctime, or is a day old. */
    RELATIME,
    /** Never. */
    NOATIME,
    /** Each time. */
    STRICTATIME
}
