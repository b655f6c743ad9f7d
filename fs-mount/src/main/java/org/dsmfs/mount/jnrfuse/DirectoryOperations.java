package org.dsmfs.mount.jnrfuse;

import org.dsmfs.layout.FileSystem;

/** Operations on open directories. */
final class DirectoryOperations {
    private final FileSystem fileSystem;
    private final ThreadLocal<Request> requests;
    private final Handles handles;

    DirectoryOperations(final FileSystem fileSystem, final ThreadLocal<Request> requests, final Handles handles) {
        this.fileSystem = fileSystem;
        this.requests = requests;
        this.handles = handles;
    }

    void register(final OperationTable table) {
        table.setLL(table.slots.opendir, "opendir", this::opendir);
        table.setLLLLL(table.slots.readdir, "readdir", this::readdir);
        table.setLL(table.slots.releasedir, "releasedir", this::releasedir);
        table.setLIL(table.slots.fsyncdir, "fsyncdir", this::fsyncdir);
    }

    private int opendir(final long path, final long fileInfo) {
        final Request request = requests.get();
        fileSystem.open(request.paths.resolve(path), request.attributes);
        final long handle = handles.add(request.attributes.ino, request.incoming.node());
        request.fileInfo.wrap(fileInfo).handle(handle);
        return 0;
    }

    private int readdir(final long path, final long buffer, final long filler, final long cookie,
                        final long fileInfo) {
        final Request request = requests.get();
        final long ino = handles.get(request.fileInfo.wrap(fileInfo).handle()).ino();
        fileSystem.readDirectory(ino, cookie, request.directoryFiller.wrap(filler, buffer));
        return 0;
    }

    private int releasedir(final long path, final long fileInfo) {
        fileSystem.release(handles.remove(requests.get().fileInfo.wrap(fileInfo).handle()).ino());
        return 0;
    }

    private int fsyncdir(final long path, final int dataOnly, final long fileInfo) {
        fileSystem.fsync(handles.get(requests.get().fileInfo.wrap(fileInfo).handle()).ino());
        return 0;
    }
}
