package org.dsmfs.mount.jnrfuse;

import java.util.function.LongConsumer;
import org.dsmfs.layout.AttributeChange;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.os.NativeMemory;

/** Operations on names and on what a path leads to. */
final class NameOperations {
    private static final long UTIME_NOW = (1L << 30) - 1;
    private static final long UTIME_OMIT = (1L << 30) - 2;
    private static final int PERMISSIONS = 07777;

    private final FileSystem fileSystem;
    private final ThreadLocal<Request> requests;
    private final CacheRule cacheRule;
    private final Handles handles;
    private final NamelessNodes nameless;
    private final OtherNames otherNames;
    private final LongConsumer forgetAttributes;

    /** @param forgetAttributes makes the kernel ask again for the attributes of a node */
    NameOperations(final FileSystem fileSystem, final ThreadLocal<Request> requests, final CacheRule cacheRule,
                   final Handles handles, final NamelessNodes nameless, final OtherNames otherNames,
                   final LongConsumer forgetAttributes) {
        this.fileSystem = fileSystem;
        this.requests = requests;
        this.cacheRule = cacheRule;
        this.handles = handles;
        this.nameless = nameless;
        this.otherNames = otherNames;
        this.forgetAttributes = forgetAttributes;
    }

    void register(final OperationTable table) {
        table.setLL(table.slots.getattr, "getattr", this::getattr);
        table.setLLL(table.slots.readlink, "readlink", this::readlink);
        table.setLIL(table.slots.mknod, "mknod", this::mknod);
        table.setLI(table.slots.mkdir, "mkdir", this::mkdir);
        table.setL(table.slots.unlink, "unlink", this::unlink);
        table.setL(table.slots.rmdir, "rmdir", this::rmdir);
        table.setLL(table.slots.symlink, "symlink", this::symlink);
        table.setLL(table.slots.rename, "rename", this::rename);
        table.setLL(table.slots.link, "link", this::link);
        table.setLI(table.slots.chmod, "chmod", this::chmod);
        table.setLII(table.slots.chown, "chown", this::chown);
        table.setLL(table.slots.truncate, "truncate", this::truncate);
        table.setLL(table.slots.utimens, "utimens", this::utimens);
        table.setLL(table.slots.statfs, "statfs", this::statfs);
    }

    private int getattr(final long path, final long stat) {
        final Request request = requests.get();
        request.paths.resolve(path, request.attributes);
        request.answerAttributes(stat);
        return 0;
    }

    /** Fills the buffer with as much of the target as fits, and a NUL. */
    private int readlink(final long path, final long buffer, final long length) {
        final Request request = requests.get();
        final byte[] target = fileSystem.readlink(request.paths.resolve(path));
        final int fitting = Math.min(target.length, (int) length - 1);
        request.window.wrap(buffer, (int) length);
        request.window.putBytes(0, target, 0, fitting);
        request.window.putByte(fitting, (byte) 0);
        return 0;
    }

    private int mknod(final long path, final int mode, final long device) {
        final Request request = requests.get();
        final long parent = request.paths.resolveParent(path);
        fileSystem.mknod(request.caller(), parent, request.paths.name(), mode, (int) device, request.attributes);
        return 0;
    }

    private int mkdir(final long path, final int mode) {
        final Request request = requests.get();
        final long parent = request.paths.resolveParent(path);
        fileSystem.mkdir(request.caller(), parent, request.paths.name(), mode & PERMISSIONS, request.attributes);
        return 0;
    }

    private int unlink(final long path) {
        final Request request = requests.get();
        final long parent = request.paths.resolveParent(path);
        if (!nameless.contains(request.paths.name())) {
            fileSystem.unlink(request.caller(), parent, request.paths.name());
        }
        return 0;
    }

    private int rmdir(final long path) {
        final Request request = requests.get();
        final long parent = request.paths.resolveParent(path);
        fileSystem.lookup(parent, request.paths.name(), request.attributes);
        final long ino = request.attributes.ino;
        fileSystem.rmdir(request.caller(), parent, request.paths.name());
        handles.forEachNode(ino, node -> nameless.add(node, ino));
        return 0;
    }

    private int symlink(final long target, final long path) {
        final Request request = requests.get();
        final long parent = request.paths.resolveParent(path);
        fileSystem.symlink(request.caller(), parent, request.paths.name(), NativeMemory.bytes(target),
            request.attributes);
        return 0;
    }

    private int rename(final long path, final long newPath) {
        final Request request = requests.get();
        final long parent = request.paths.resolveParent(path);
        final byte[] name = request.paths.name();
        final long newParent = request.paths.resolveParent(newPath);
        final byte[] newName = request.paths.name();
        if (NamelessNodes.isHidden(newName) && !request.incoming.isRenameTo(newName)) {
            hide(request, parent, name, newName);
        } else {
            fileSystem.rename(request.caller(), parent, name, newParent, newName, 0);
        }
        return 0;
    }

    /** What libfuse does with an open file before its name is removed, or goes to another file by rename(2). */
    private void hide(final Request request, final long parent, final byte[] name, final byte[] hiddenName) {
        fileSystem.lookup(parent, name, request.attributes);
        final long ino = request.attributes.ino;
        nameless.add(hiddenName, ino);
        if (request.incoming.isUnlink()) {
            try {
                fileSystem.unlink(request.caller(), parent, name);
            } catch (final RuntimeException failure) {
                nameless.remove(hiddenName);
                throw failure;
            }
        }
    }

    private int link(final long path, final long newPath) {
        final Request request = requests.get();
        final long ino = request.paths.resolve(path);
        final long newParent = request.paths.resolveParent(newPath);
        fileSystem.link(request.caller(), ino, newParent, request.paths.name(), request.attributes);
        cacheRule.linked(ino);
        forgetAttributes.accept(request.incoming.linkedNode());
        return 0;
    }

    private int chmod(final long path, final int mode) {
        final AttributeChange change = new AttributeChange();
        change.setMode = true;
        change.mode = mode & PERMISSIONS;
        return apply(path, change);
    }

    /** An id of -1 stays as it is. */
    private int chown(final long path, final int uid, final int gid) {
        final AttributeChange change = new AttributeChange();
        change.setUid = uid != -1;
        change.uid = uid;
        change.setGid = gid != -1;
        change.gid = gid;
        return apply(path, change);
    }

    private int truncate(final long path, final long size) {
        final AttributeChange change = new AttributeChange();
        change.setSize = true;
        change.size = size;
        apply(path, change);
        final Request request = requests.get();
        otherNames.contentChanged(request.attributes.ino, request.incoming.node());
        return 0;
    }

    private int utimens(final long path, final long times) {
        final Request request = requests.get();
        request.window.wrap(times, 2 * FuseLayout.TIMESPEC_LENGTH);
        final long atimeSeconds = request.window.getLong(0);
        final long atimeNanos = request.window.getLong(FuseLayout.TIMESPEC_NANOS);
        final long mtimeSeconds = request.window.getLong(FuseLayout.TIMESPEC_LENGTH);
        final long mtimeNanos = request.window.getLong(FuseLayout.TIMESPEC_LENGTH + FuseLayout.TIMESPEC_NANOS);
        final AttributeChange change = new AttributeChange();
        change.setAtime = atimeNanos != UTIME_OMIT;
        change.atimeNow = atimeNanos == UTIME_NOW;
        change.atimeSeconds = atimeSeconds;
        change.atimeNanos = (int) atimeNanos;
        change.setMtime = mtimeNanos != UTIME_OMIT;
        change.mtimeNow = mtimeNanos == UTIME_NOW;
        change.mtimeSeconds = mtimeSeconds;
        change.mtimeNanos = (int) mtimeNanos;
        return apply(path, change);
    }

    private int apply(final long path, final AttributeChange change) {
        final Request request = requests.get();
        final long ino = request.paths.resolve(path);
        fileSystem.setAttributes(request.caller(), ino, change, request.attributes);
        return 0;
    }

    private int statfs(final long path, final long statvfs) {
        final Request request = requests.get();
        request.window.wrap(statvfs, FuseLayout.STATVFS_LENGTH);
        FuseLayout.putStatvfs(request.window, fileSystem.status());
        return 0;
    }
}
