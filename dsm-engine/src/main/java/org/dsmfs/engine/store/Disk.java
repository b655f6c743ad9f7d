package org.dsmfs.engine.store;

/** Port: the directory on the local disk that a node's store lives in. */
public interface Disk {
    /**
     * Opens or creates a file for reading and writing.
     *
     * @throws DiskException with the errno
     */
    DiskFile open(String name);

    /** @return whether the file exists */
    boolean exists(String name);

    /** @return bytes that this user could still write in this directory */
    long freeBytes();

    /** Makes the names of created files durable. */
    void syncDirectory();

    /** An open file. Positions and lengths are bytes; addresses are of native memory. Thread-safe. */
    interface DiskFile extends AutoCloseable {
        /** @return bytes */
        long size();

        /**
         * Reads all of the length.
         *
         * @throws DiskException EIO if the file ends before
         */
        void read(long position, long address, int length);

        /** Writes all of the length. */
        void write(long position, long address, int length);

        /** Writes all parts, one behind the other. */
        void write(long position, MemoryParts parts);

        /** Has the system begin to bring what was written to the range to the disk, so that the next sync is short. */
        void startWriteOut(long position, long length);

        /**
         * Makes sure that the range has blocks on disk, extending the file with zeros if needed.
         *
         * @throws DiskException ENOSPC if there is no room
         */
        void allocate(long position, long length);

        /**
         * Gives the blocks of the range back to the disk; it reads as zeros then, the file keeps its size.
         *
         * @throws DiskException EOPNOTSUPP if that is not possible on this disk
         */
        void deallocate(long position, long length);

        /** Cuts or extends (sparsely) the file. */
        void truncate(long size);

        /** Makes what was written durable, fdatasync(2). */
        void sync();

        @Override
        void close();
    }
}
