package org.dsmfs.mount.kernel;

import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.layout.FileSystem;

/** Finding, making and removing names. */
final class NameOperations {
    private static final int S_IFMT = 0170000;
    private static final int S_IFDIR = 0040000;

    private final FileSystem fileSystem;
    private final NodeTable nodes;

    NameOperations(final FileSystem fileSystem, final NodeTable nodes) {
        this.fileSystem = fileSystem;
        this.nodes = nodes;
    }

    void lookup(final Exchange exchange) {
        final byte[] name = exchange.request.name(0);
        final long parent = exchange.request.node();
        try {
            if (isDot(name)) {
                // For file handles: of an inode of any type.
                fileSystem.getAttributes(parent, exchange.attributes);
            } else {
                fileSystem.lookupToOpen(parent, name, exchange.attributes);
            }
            exchange.replyEntry();
        } catch (final ErrnoException e) {
            if (e.errno() != Errno.ENOENT) {
                throw e;
            }
            exchange.reply.noEntry(exchange.validity.ofMissingName(parent));
        }
    }

    private static boolean isDot(final byte[] name) {
        return name.length == 1 && name[0] == '.';
    }

    void mknod(final Exchange exchange) {
        final Request request = exchange.request;
        fileSystem.mknod(exchange.caller(request.int32(RequestLayout.Mknod.UMASK)), request.node(),
            request.name(RequestLayout.Mknod.NAME), request.int32(RequestLayout.Mknod.MODE),
            request.int32(RequestLayout.Mknod.RDEV), exchange.attributes);
        exchange.replyNewEntry();
    }

    void mkdir(final Exchange exchange) {
        final Request request = exchange.request;
        fileSystem.mkdir(exchange.caller(request.int32(RequestLayout.Mkdir.UMASK)), request.node(),
            request.name(RequestLayout.Mkdir.NAME), request.int32(RequestLayout.Mkdir.MODE), exchange.attributes);
        exchange.replyNewEntry();
    }

    void symlink(final Exchange exchange) {
        final Request request = exchange.request;
        final byte[] name = request.name(0);
        final int targetOffset = name.length + 1;
        final byte[] target = request.bytes(targetOffset, request.textLength(targetOffset));
        fileSystem.symlink(exchange.caller(0), request.node(), name, target, exchange.attributes);
        exchange.replyNewEntry();
    }

    void readlink(final Exchange exchange) {
        exchange.reply.data(fileSystem.readlink(exchange.request.node()));
    }

    void link(final Exchange exchange) {
        final Request request = exchange.request;
        fileSystem.link(exchange.caller(0), request.int64(RequestLayout.Link.OLD_NODE), request.node(),
            request.name(RequestLayout.Link.NAME), exchange.attributes);
        exchange.replyNewEntry();
    }

    void unlink(final Exchange exchange) {
        final byte[] name = exchange.request.name(0);
        final long parent = exchange.request.node();
        keepAlive(parent, name, exchange.attributes);
        fileSystem.unlink(exchange.caller(0), parent, name);
    }

    void rmdir(final Exchange exchange) {
        final byte[] name = exchange.request.name(0);
        final long parent = exchange.request.node();
        keepAlive(parent, name, exchange.attributes);
        fileSystem.rmdir(exchange.caller(0), parent, name);
    }

    void rename(final Exchange exchange) {
        rename(exchange, exchange.request.int64(RequestLayout.Rename.NEW_PARENT), RequestLayout.Rename.NAMES, 0);
    }

    void rename2(final Exchange exchange) {
        rename(exchange, exchange.request.int64(RequestLayout.Rename2.NEW_PARENT), RequestLayout.Rename2.NAMES,
            exchange.request.int32(RequestLayout.Rename2.FLAGS));
    }

    private void rename(final Exchange exchange, final long newParent, final int namesOffset, final int flags) {
        final Request request = exchange.request;
        final byte[] name = request.name(namesOffset);
        final byte[] newName = request.newName(namesOffset + name.length + 1);
        if (flags == 0) {
            try {
                keepAlive(newParent, newName, exchange.attributes);
            } catch (final ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
        fileSystem.rename(exchange.caller(0), request.node(), name, newParent, newName, flags);
    }

    /** What loses its last name lives on as long as the kernel knows it: it may be open, or somebody's directory. */
    private void keepAlive(final long parent, final byte[] name, final Attributes attributes) {
        fileSystem.lookup(parent, name, attributes);
        if (attributes.nlink <= 1 || (attributes.mode & S_IFMT) == S_IFDIR) {
            nodes.keepAlive(attributes.ino, attributes);
        }
    }
}
