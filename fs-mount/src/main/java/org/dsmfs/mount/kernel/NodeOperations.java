package org.dsmfs.mount.kernel;

import org.dsmfs.layout.AttributeChange;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.FileSystem;

/** What is asked of an inode of any type, or of the whole filesystem. */
final class NodeOperations {
    private static final int PERMISSIONS = 07777;

    private final FileSystem fileSystem;
    private final NodeTable nodes;
    private final WriteBacks writeBacks;

    NodeOperations(final FileSystem fileSystem, final NodeTable nodes, final WriteBacks writeBacks) {
        this.fileSystem = fileSystem;
        this.nodes = nodes;
        this.writeBacks = writeBacks;
    }

    void getattr(final Exchange exchange) {
        fileSystem.getAttributes(exchange.request.node(), exchange.attributes);
        exchange.reply.attributes(exchange.attributes, exchange.validity.ofAttributes());
    }

    void statx(final Exchange exchange) {
        fileSystem.getAttributes(exchange.request.node(), exchange.attributes);
        exchange.reply.statx(exchange.attributes, exchange.validity.ofAttributes());
    }

    void setattr(final Exchange exchange) {
        final Request request = exchange.request;
        final int valid = request.int32(RequestLayout.SetAttr.VALID);
        request.require(RequestLayout.SetAttr.GID, Integer.BYTES);
        final AttributeChange change = new AttributeChange();
        change.setMode = (valid & RequestLayout.SetAttr.VALID_MODE) != 0;
        change.mode = request.int32(RequestLayout.SetAttr.MODE) & PERMISSIONS;
        change.setUid = (valid & RequestLayout.SetAttr.VALID_UID) != 0;
        change.uid = request.int32(RequestLayout.SetAttr.UID);
        change.setGid = (valid & RequestLayout.SetAttr.VALID_GID) != 0;
        change.gid = request.int32(RequestLayout.SetAttr.GID);
        change.setSize = (valid & RequestLayout.SetAttr.VALID_SIZE) != 0;
        change.size = request.int64(RequestLayout.SetAttr.SIZE);
        change.setAtime = (valid & RequestLayout.SetAttr.VALID_ATIME) != 0;
        change.atimeNow = (valid & RequestLayout.SetAttr.VALID_ATIME_NOW) != 0;
        change.atimeSeconds = request.int64(RequestLayout.SetAttr.ATIME);
        change.atimeNanos = request.int32(RequestLayout.SetAttr.ATIME_NANOS);
        change.setMtime = (valid & RequestLayout.SetAttr.VALID_MTIME) != 0;
        change.mtimeNow = (valid & RequestLayout.SetAttr.VALID_MTIME_NOW) != 0;
        change.mtimeSeconds = request.int64(RequestLayout.SetAttr.MTIME);
        change.mtimeNanos = request.int32(RequestLayout.SetAttr.MTIME_NANOS);
        writeBacks.await(request.node());
        fileSystem.setAttributes(
            exchange.callerForSetId((valid & RequestLayout.SetAttr.VALID_KILL_SUIDGID) != 0), request.node(), change,
            exchange.attributes);
        // What is cut off a large file is freed bit by bit, so the blocks in these attributes may not be the last.
        exchange.reply.attributes(exchange.attributes,
            change.setSize ? Reply.NOT_AT_ALL_SECONDS : exchange.validity.ofChangedAttributes());
    }

    /** ioctl(2): what lsattr(1) and chattr(1) ask. */
    void ioctl(final Exchange exchange) {
        final Request request = exchange.request;
        final int command = request.int32(RequestLayout.Ioctl.COMMAND);
        final ProtectionFlags flags = ProtectionFlags.of(command);
        if (flags == null) {
            throw Errno.ENOTTY.exception();
        }
        if (ProtectionFlags.isChange(command)) {
            final AttributeChange change = flags.change(request);
            fileSystem.getAttributes(request.node(), exchange.attributes);
            // Since Linux 5.13 the kernel has checked this, by CAP_LINUX_IMMUTABLE.
            if (request.uid() != 0 && ProtectionFlags.differs(change, exchange.attributes)) {
                throw Errno.EPERM.exception();
            }
            fileSystem.setAttributes(exchange.caller(0), request.node(), change, exchange.attributes);
            Notification.attributesChanged(exchange.channel(), request.node());
            exchange.reply.ioctl(0);
        } else {
            fileSystem.getAttributes(request.node(), exchange.attributes);
            flags.report(exchange.attributes, exchange.reply);
        }
    }

    void forget(final Exchange exchange) {
        exchange.withholdReply();
        nodes.forget(exchange.request.node(), exchange.request.int64(RequestLayout.Forget.COUNT));
    }

    void batchForget(final Exchange exchange) {
        exchange.withholdReply();
        final Request request = exchange.request;
        final int count = request.int32(RequestLayout.BatchForget.NODES);
        for (int i = 0; i < count; i++) {
            final int offset = RequestLayout.BatchForget.FIRST + i * RequestLayout.BatchForget.ONE_SIZE;
            nodes.forget(request.int64(offset + RequestLayout.BatchForget.ONE_NODE),
                request.int64(offset + RequestLayout.BatchForget.ONE_COUNT));
        }
    }

    void statfs(final Exchange exchange) {
        exchange.reply.statfs(fileSystem.status());
    }

    void syncfs() {
        fileSystem.sync();
    }
}
