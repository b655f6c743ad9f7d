package org.dsmfs.mount.jnrfuse;

import org.dsmfs.layout.AttributeChange;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.layout.LockRange;
import org.dsmfs.mount.serving.OpenRule;

/** Operations on open files. */
final class FileOperations {
    private static final int PERMISSIONS = 07777;
    private static final int S_IFMT = 0170000;
    private static final int S_IFDIR = 0040000;

    private final FileSystem fileSystem;
    private final ThreadLocal<Request> requests;
    private final Handles handles;
    private final CacheRule cacheRule;
    private final OtherNames otherNames;

    FileOperations(final FileSystem fileSystem, final ThreadLocal<Request> requests, final Handles handles,
                   final CacheRule cacheRule, final OtherNames otherNames) {
        this.fileSystem = fileSystem;
        this.requests = requests;
        this.handles = handles;
        this.cacheRule = cacheRule;
        this.otherNames = otherNames;
    }

    void register(final OperationTable table) {
        table.setLIL(table.slots.create, "create", this::create);
        table.setLL(table.slots.open, "open", this::open);
        table.setLLLLL(table.slots.read, "read", this::read);
        table.setLLLLL(table.slots.write, "write", this::write);
        table.setLL(table.slots.flush, "flush", this::flush);
        table.setLL(table.slots.release, "release", this::release);
        table.setLIL(table.slots.fsync, "fsync", this::fsync);
        table.setLLL(table.slots.fgetattr, "fgetattr", this::fgetattr);
        table.setLLL(table.slots.ftruncate, "ftruncate", this::ftruncate);
        table.setLILLL(table.slots.fallocate, "fallocate", this::fallocate);
    }

    private int create(final long path, final int mode, final long fileInfo) {
        final Request request = requests.get();
        final FileInfo info = request.fileInfo.wrap(fileInfo);
        final long parent = request.paths.resolveParent(path);
        final boolean made = fileSystem.create(request.caller(), parent, request.paths.name(), mode & PERMISSIONS,
            info.hasFlags(FileInfo.O_EXCL), request.attributes);
        opened(request, info, 0, made);
        return 0;
    }

    private int open(final long path, final long fileInfo) {
        final Request request = requests.get();
        final FileInfo info = request.fileInfo.wrap(fileInfo);
        fileSystem.open(request.paths.resolve(path), request.attributes);
        opened(request, info, request.incoming.node(), false);
        return 0;
    }

    private void opened(final Request request, final FileInfo info, final long node, final boolean isMade) {
        final long ino = request.attributes.ino;
        if (!isMade) {
            try {
                OpenRule.require(request.attributes, info.flags());
                if (info.hasFlags(FileInfo.O_TRUNC)) {
                    truncate(request, ino, 0);
                }
            } catch (final RuntimeException failure) {
                fileSystem.release(ino);
                throw failure;
            }
        }
        info.handle(handles.add(ino, node));
        if (cacheRule.keep(request.attributes)) {
            info.keepCache();
        }
    }

    private int read(final long path, final long buffer, final long length, final long offset, final long fileInfo) {
        final Request request = requests.get();
        final long ino = handles.get(request.fileInfo.wrap(fileInfo).handle()).ino();
        request.window.wrap(buffer, (int) length);
        return fileSystem.read(ino, offset, request.window, 0, (int) length);
    }

    private int write(final long path, final long buffer, final long length, final long offset, final long fileInfo) {
        final Request request = requests.get();
        final FileInfo info = request.fileInfo.wrap(fileInfo);
        final long ino = handles.get(info.handle()).ino();
        request.window.wrap(buffer, (int) length);
        final int written = fileSystem.write(request.caller(), ino, offset, request.window, 0, (int) length,
            info.hasFlags(FileInfo.O_APPEND));
        otherNames.contentChanged(ino, request.incoming.node());
        if (info.hasFlags(FileInfo.O_DSYNC)) {
            fileSystem.fsync(ino);
        }
        return written;
    }

    /** Called at each close(2) of a descriptor, which ends all POSIX locks of the process. */
    private int flush(final long path, final long fileInfo) {
        final FileInfo info = requests.get().fileInfo.wrap(fileInfo);
        final Handle handle = handles.get(info.handle());
        handle.lockOwners().remove(info.lockOwner());
        fileSystem.dropLocks(handle.ino(), info.lockOwner());
        return 0;
    }

    private int release(final long path, final long fileInfo) {
        final FileInfo info = requests.get().fileInfo.wrap(fileInfo);
        final Handle handle = handles.remove(info.handle());
        try {
            for (final long owner : handle.lockOwners()) {
                fileSystem.dropLocks(handle.ino(), owner);
            }
            if (info.releasesFlock()) {
                fileSystem.setFlock(handle.ino(), info.lockOwner(), LockRange.UNLOCKED);
            }
        } finally {
            fileSystem.release(handle.ino());
        }
        return 0;
    }

    private int fsync(final long path, final int dataOnly, final long fileInfo) {
        fileSystem.fsync(handles.get(requests.get().fileInfo.wrap(fileInfo).handle()).ino());
        return 0;
    }

    private int fgetattr(final long path, final long stat, final long fileInfo) {
        final Request request = requests.get();
        final long handle = request.fileInfo.wrap(fileInfo).handle();
        fileSystem.getAttributes(handles.ino(handle), request.attributes);
        if (Handles.isOfInode(handle) && (request.attributes.mode & S_IFMT) != S_IFDIR) {
            // libfuse takes its hidden name for one of the names, and subtracts it.
            request.attributes.nlink++;
        }
        request.answerAttributes(stat);
        return 0;
    }

    private int ftruncate(final long path, final long size, final long fileInfo) {
        final Request request = requests.get();
        truncate(request, handles.get(request.fileInfo.wrap(fileInfo).handle()).ino(), size);
        return 0;
    }

    private void truncate(final Request request, final long ino, final long size) {
        final AttributeChange change = new AttributeChange();
        change.setSize = true;
        change.size = size;
        fileSystem.setAttributes(request.caller(), ino, change, request.attributes);
        otherNames.contentChanged(ino, request.incoming.node());
    }

    private int fallocate(final long path, final int mode, final long offset, final long length,
                          final long fileInfo) {
        final Request request = requests.get();
        final long ino = handles.get(request.fileInfo.wrap(fileInfo).handle()).ino();
        fileSystem.allocate(request.caller(), ino, mode, offset, length);
        otherNames.contentChanged(ino, request.incoming.node());
        return 0;
    }
}
