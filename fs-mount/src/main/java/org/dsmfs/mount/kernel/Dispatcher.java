package org.dsmfs.mount.kernel;

import org.dsmfs.layout.Errno;
import org.dsmfs.layout.ErrnoException;
import org.dsmfs.mount.serving.Failures;

/** Serves one request after another: which operation each asks for, and what becomes of its failure. */
final class Dispatcher {
    private final NodeOperations nodes;
    private final NameOperations names;
    private final FileOperations files;
    private final DirectoryOperations directories;
    private final XattrOperations xattrs;
    private final LockOperations locks;

    Dispatcher(final NodeOperations nodes, final NameOperations names, final FileOperations files,
               final DirectoryOperations directories, final XattrOperations xattrs, final LockOperations locks) {
        this.nodes = nodes;
        this.names = names;
        this.files = files;
        this.directories = directories;
        this.xattrs = xattrs;
        this.locks = locks;
    }

    /** Serves the request that came over the channel, and sends the reply. Throws nothing. */
    void serve(final Exchange exchange, final Channel channel) {
        exchange.begin(channel);
        int errno = 0;
        try {
            errno = run(exchange);
        } catch (final ErrnoException answer) {
            errno = answer.errno().number();
        } catch (final Throwable failure) {
            errno = Failures.unexpected(
                "operation " + exchange.request.opcode() + " on inode " + exchange.request.node(), failure).number();
        }
        try {
            exchange.end(errno);
        } catch (final Throwable failure) {
            Failures.log("reply to operation " + exchange.request.opcode(), failure);
        }
    }

    /** @return errno, 0 for success */
    private int run(final Exchange exchange) {
        switch (exchange.request.opcode()) {
            case Opcode.LOOKUP -> names.lookup(exchange);
            case Opcode.FORGET -> nodes.forget(exchange);
            case Opcode.BATCH_FORGET -> nodes.batchForget(exchange);
            case Opcode.GETATTR -> nodes.getattr(exchange);
            case Opcode.STATX -> nodes.statx(exchange);
            case Opcode.SETATTR -> nodes.setattr(exchange);
            case Opcode.STATFS -> nodes.statfs(exchange);
            case Opcode.SYNCFS -> nodes.syncfs();
            case Opcode.READLINK -> names.readlink(exchange);
            case Opcode.SYMLINK -> names.symlink(exchange);
            case Opcode.MKNOD -> names.mknod(exchange);
            case Opcode.MKDIR -> names.mkdir(exchange);
            case Opcode.UNLINK -> names.unlink(exchange);
            case Opcode.RMDIR -> names.rmdir(exchange);
            case Opcode.RENAME -> names.rename(exchange);
            case Opcode.RENAME2 -> names.rename2(exchange);
            case Opcode.LINK -> names.link(exchange);
            case Opcode.CREATE -> files.create(exchange);
            case Opcode.TMPFILE -> files.createTemporary(exchange);
            case Opcode.OPEN -> files.open(exchange);
            case Opcode.READ -> files.read(exchange);
            case Opcode.WRITE -> files.write(exchange);
            case Opcode.FLUSH -> files.flush(exchange);
            case Opcode.RELEASE -> files.release(exchange);
            case Opcode.FSYNC -> files.fsync(exchange);
            case Opcode.FALLOCATE -> files.fallocate(exchange);
            case Opcode.LSEEK -> files.lseek(exchange);
            case Opcode.COPY_FILE_RANGE -> files.copyFileRange(exchange);
            case Opcode.OPENDIR -> directories.opendir(exchange);
            case Opcode.READDIR -> directories.readdir(exchange, false);
            case Opcode.READDIRPLUS -> directories.readdir(exchange, true);
            case Opcode.FSYNCDIR -> directories.fsyncdir(exchange);
            case Opcode.SETXATTR -> xattrs.setxattr(exchange);
            case Opcode.GETXATTR -> xattrs.getxattr(exchange);
            case Opcode.LISTXATTR -> xattrs.listxattr(exchange);
            case Opcode.REMOVEXATTR -> xattrs.removexattr(exchange);
            case Opcode.GETLK -> locks.getlk(exchange);
            case Opcode.SETLK -> locks.setlk(exchange, false);
            case Opcode.SETLKW -> locks.setlk(exchange, true);
            case Opcode.INTERRUPT -> locks.interrupt(exchange);
            case Opcode.RELEASEDIR -> directories.releasedir(exchange);
            case Opcode.DESTROY -> exchange.reply.empty();
            case Opcode.IOCTL -> nodes.ioctl(exchange);
            default -> {
                return Errno.ENOSYS.number();
            }
        }
        return 0;
    }
}
