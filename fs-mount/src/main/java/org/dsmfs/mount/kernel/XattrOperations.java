package org.dsmfs.mount.kernel;

import java.util.Map;
import java.util.function.Supplier;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.serving.XattrAccess;

/** Operations on extended attributes. */
final class XattrOperations {
    private final FileSystem fileSystem;
    private final XattrAccess access;
    private final Revocations revocations;
    private final boolean isExtended;

    /**
     * @param reports    extended attributes that the root directory has besides its own
     * @param isExtended whether requests to set one have the longer structure (SETXATTR_EXT)
     */
    XattrOperations(final FileSystem fileSystem, final Map<String, Supplier<byte[]>> reports,
                    final Revocations revocations, final boolean isExtended) {
        this.fileSystem = fileSystem;
        this.access = new XattrAccess(fileSystem, reports);
        this.revocations = revocations;
        this.isExtended = isExtended;
    }

    void setxattr(final Exchange exchange) {
        final Request request = exchange.request;
        final int nameOffset = isExtended ? RequestLayout.SetXattr.NAME_EXTENDED : RequestLayout.SetXattr.NAME;
        final byte[] name = request.name(nameOffset);
        final byte[] value =
            request.bytes(nameOffset + name.length + 1, request.int32(RequestLayout.SetXattr.LENGTH));
        final int extendedFlags = isExtended ? request.int32(RequestLayout.SetXattr.FLAGS_EXTENDED) : 0;
        fileSystem.setXattr(
            exchange.callerForSetId((extendedFlags & RequestLayout.SetXattr.ACL_KILL_SGID) != 0), request.node(), name,
            value, request.int32(RequestLayout.SetXattr.FLAGS));
    }

    /** The kernel keeps ACLs until they are revoked. */
    void getxattr(final Exchange exchange) {
        revocations.holdUntilRevoked(exchange.request.node());
        reply(exchange, access.get(exchange.request.node(), exchange.request.name(RequestLayout.GetXattr.NAME)));
    }

    void listxattr(final Exchange exchange) {
        reply(exchange, access.list(exchange.caller(0), exchange.request.node()));
    }

    void removexattr(final Exchange exchange) {
        fileSystem.removeXattr(exchange.caller(0), exchange.request.node(), exchange.request.name(0));
    }

    private static void reply(final Exchange exchange, final byte[] bytes) {
        if (XattrAccess.isLengthAsked(bytes, exchange.request.int32(RequestLayout.GetXattr.LENGTH))) {
            exchange.reply.count(bytes.length);
        } else {
            exchange.reply.data(bytes);
        }
    }
}
