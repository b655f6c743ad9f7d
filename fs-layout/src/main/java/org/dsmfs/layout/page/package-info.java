/**
 * What the bytes of each kind of page mean: one small flyweight per kind, all numbers little-endian. Internal to the
 * layout; docs/ON-PAGE-FORMATS.md describes the same formats in prose. Offsets and codes are frozen once released: a
 * change raises the format version.
 */
package org.dsmfs.layout.page;
