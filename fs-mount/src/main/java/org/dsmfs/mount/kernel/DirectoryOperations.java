package org.dsmfs.mount.kernel;

import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.serving.AtimeRule;

/** Operations on open directories. */
final class DirectoryOperations {
    private final FileSystem fileSystem;
    private final AtimeRule atimeRule;

    DirectoryOperations(final FileSystem fileSystem, final AtimeRule atimeRule) {
        this.fileSystem = fileSystem;
        this.atimeRule = atimeRule;
    }

    void opendir(final Exchange exchange) {
        fileSystem.getAttributes(exchange.request.node(), exchange.attributes);
        exchange.reply.open(0, ReplyLayout.Open.CACHE_DIR
            | (atimeRule.readChangesAtime(exchange.attributes) ? 0 : ReplyLayout.Open.KEEP_CACHE));
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
