package org.dsmfs.layout;

/** Maps names to the keys of a directory's tree. Part of the on-page format: never to change. */
@FunctionalInterface
interface NameHash {
    /** Bits of a hash. */
    int BITS = 59;

    /** The one in use. */
    NameHash SEEDED = NameHash::seeded;

    /** @return 1..2^{@link #BITS} - 2 */
    long hash(long seed, byte[] name);

    private static long seeded(final long seed, final byte[] name) {
        long hash = seed ^ name.length * 0x9e3779b97f4a7c15L;
        for (final byte b : name) {
            hash = (hash ^ b & 0xff) * 0xd6e8feb86659fd93L;
            hash ^= hash >>> 32;
        }
        hash = mix(hash) >>> Long.SIZE - BITS;
        return Math.min(Math.max(hash, 1), (1L << BITS) - 2);
    }

    /** @return the bits of x well mixed; also derives a directory's seed */
    static long mix(final long x) {
        long mixed = (x ^ x >>> 32) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ mixed >>> 29) * 0xd6e8feb86659fd93L;
        return mixed ^ mixed >>> 32;
    }
}
