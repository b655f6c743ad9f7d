package org.dsmfs.mount.kernel;

import org.dsmfs.layout.FileSystem;

/** Operations on open directories. */
final class DirectoryOperations {
    private final FileSystem fileSystem;
    private final CachePolicy cachePolicy;

    DirectoryOperations(final FileSystem fileSystem, final CachePolicy cachePolicy) {
        this.fileSystem = fileSystem;
        this.cachePolicy = cachePolicy;
    }

    void opendir(final Exchange exchange) {
        fileSystem.open(exchange.request.node(), exchange.attributes);
        exchange.reply.open(0, cachePolicy.openDirectoryFlags(exchange.attributes));
    }

    void releasedir(final Exchange exchange) {
        fileSystem.release(exchange.request.node());
        exchange.reply.empty();
    }

    void readdir(final Exchange exchange, final boolean withAttributes) {
        final Request request = exchange.request;
        final Entries entries = new Entries(fileSystem, exchange, withAttributes,
            request.int32(RequestLayout.Read.LENGTH));
        fileSystem.readDirectory(request.node(), request.int64(RequestLayout.Read.OFFSET), entries);
        exchange.reply.bodyLength(entries.lengthBytes());
    }

    void fsyncdir(final Exchange exchange) {
        fileSystem.fsync(exchange.request.node());
    }
}
