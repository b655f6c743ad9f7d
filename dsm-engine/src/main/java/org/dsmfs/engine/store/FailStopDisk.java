package org.dsmfs.engine.store;

/**
 * A disk on which, once a write or a sync failed, none succeeds any more. After a failed sync the kernel may have
 * dropped what it could not write, and tells only one caller; the next sync succeeds, and a thread that relied on it
 * would call lost data durable. Reading goes on.
 */
public final class FailStopDisk implements Disk {
    private final Disk disk;
    private volatile DiskException failure;

    /** @param disk where everything is passed on to */
    public FailStopDisk(final Disk disk) {
        this.disk = disk;
    }

    @Override
    public DiskFile open(final String name) {
        return new FailStopFile(disk.open(name));
    }

    @Override
    public boolean exists(final String name) {
        return disk.exists(name);
    }

    @Override
    public long freeBytes() {
        return disk.freeBytes();
    }

    @Override
    public void syncDirectory() {
        change(disk::syncDirectory);
    }

    private void change(final Runnable operation) {
        if (failure != null) {
            throw failure;
        }
        try {
            operation.run();
        } catch (final DiskException e) {
            failure = e;
            throw e;
        }
    }

    private final class FailStopFile implements DiskFile {
        private final DiskFile file;

        private FailStopFile(final DiskFile file) {
            this.file = file;
        }

        @Override
        public long size() {
            return file.size();
        }

        @Override
        public void read(final long position, final long address, final int length) {
            file.read(position, address, length);
        }

        @Override
        public void write(final long position, final long address, final int length) {
            change(() -> file.write(position, address, length));
        }

        @Override
        public void write(final long position, final MemoryParts parts) {
            change(() -> file.write(position, parts));
        }

        @Override
        public void startWriteOut(final long position, final long length) {
            change(() -> file.startWriteOut(position, length));
        }

        /** {@inheritDoc} A failure is no reason to stop: nothing was promised for the range yet. */
        @Override
        public void allocate(final long position, final long length) {
            file.allocate(position, length);
        }

        /** {@inheritDoc} A failure is no reason to stop: whoever asks needs the range no more. */
        @Override
        public void deallocate(final long position, final long length) {
            file.deallocate(position, length);
        }

        @Override
        public void truncate(final long size) {
            change(() -> file.truncate(size));
        }

        /** {@inheritDoc} One at a time: of two at once only one is told of a failure. */
        @Override
        public synchronized void sync() {
            change(file::sync);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
