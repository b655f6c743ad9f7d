package org.dsmfs.layout;

/**
 * Finds out who reads a file from front to back, and how far ahead of that its pages should be asked for. Only
 * guesses come of it, so it may hear of a read more than once, and in another order than the reader's. Thread-safe.
 */
final class ReadAhead {
    /** Most that is asked for ahead of one reader, bytes: what the network carries while a few of its requests wait. */
    static final int MAX_WINDOW_BYTES = 4 << 20;
    /** What is asked for at first, bytes. */
    private static final int MIN_WINDOW_BYTES = 256 << 10;
    /** Readers that are remembered. */
    private static final int READERS = 32;
    /** Requests of one reader overtake each other by as many of their lengths. */
    private static final int OVERTAKEN = 2;

    private final Reader[] readers = new Reader[READERS];
    /** The one that is forgotten next. */
    private int oldest;

    /** Somebody who reads a file. */
    private static final class Reader {
        private long ino;
        /** End of what has been read. */
        private long end;
        /** End of what has been asked for, not before {@link #end}. */
        private long askedEnd;
        /** How far ahead to ask; 0 as long as there was one read only. */
        private int windowBytes;

        boolean isAt(final long atIno, final long offset, final int length) {
            return ino == atIno && Math.abs(offset - end) <= (long) OVERTAKEN * length;
        }
    }

    /**
     * What should be asked for now.
     *
     * @param from offset in the file, bytes
     * @param end  exclusive
     */
    record Range(long from, long end) {
    }

    ReadAhead() {
        for (int i = 0; i < READERS; i++) {
            readers[i] = new Reader();
        }
    }

    /**
     * Part of a file is read.
     *
     * @param length more than 0
     * @param size   of the file
     * @return what should be asked for before that read, so that it is under way meanwhile; null for nothing
     */
    synchronized Range reading(final long ino, final long offset, final int length, final long size) {
        final long readEnd = offset + length;
        for (final Reader reader : readers) {
            if (reader.isAt(ino, offset, length)) {
                if (readEnd > reader.end) {
                    reader.end = readEnd;
                    reader.askedEnd = Math.max(reader.askedEnd, readEnd);
                    reader.windowBytes = Math.max(reader.windowBytes, MIN_WINDOW_BYTES);
                }
                final long end = Math.min(size, reader.end + reader.windowBytes);
                // Half a window at a time, so that there are few requests.
                return reader.askedEnd < end && reader.askedEnd - reader.end < reader.windowBytes / 2
                    ? new Range(reader.askedEnd, end) : null;
            }
        }
        final Reader reader = readers[oldest];
        oldest = (oldest + 1) % READERS;
        reader.ino = ino;
        reader.end = readEnd;
        reader.askedEnd = readEnd;
        reader.windowBytes = 0;
        return null;
    }

    /** The range has been asked for. */
    synchronized void asked(final long ino, final Range range) {
        for (final Reader reader : readers) {
            if (reader.ino == ino && reader.askedEnd == range.from) {
                reader.askedEnd = range.end;
                reader.windowBytes = Math.min(2 * reader.windowBytes, MAX_WINDOW_BYTES);
            }
        }
    }
}
