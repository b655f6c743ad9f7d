package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.sys.Descriptor.O_NONBLOCK;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.dsmfs.posix.sys.FileStatus.S_IFBLK;
import static org.dsmfs.posix.sys.FileStatus.S_IFCHR;
import static org.dsmfs.posix.sys.FileStatus.S_IFDIR;
import static org.dsmfs.posix.sys.FileStatus.S_IFLNK;
import static org.dsmfs.posix.sys.FileStatus.S_IFSOCK;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.OneMount;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.FileStatus;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 mkfifo(), mknod(), bind(); mknod(2), fifo(7), unix(7)")
class NodeTest {
    @Test
    @Needs(Capability.DEVICES)
    void devicesKeepTheirNumbers(final TestDirectory directory) {
        final int[][] numbers = {{0, 0}, {1, 3}, {255, 255}, {259, 1}, {4095, 256}, {511, 0xFFFFF}};
        for (final int[] number : numbers) {
            for (final int type : new int[] {S_IFCHR, S_IFBLK}) {
                final String path = directory.path(type + "-" + number[0] + "-" + number[1]);
                Posix.mknod(path, type | 0640, number[0], number[1]);
                final FileStatus status = Posix.lstat(path);
                assertEquals(type | 0640, status.mode());
                assertEquals(number[0], status.majorNumber());
                assertEquals(number[1], status.minorNumber());
            }
        }
    }

    @Test
    @Needs(Capability.DEVICES)
    void aDeviceWorks(final TestDirectory directory) {
        Posix.mknod(directory.path("zero"), S_IFCHR | 0666, 1, 5);
        try (Descriptor zero = Descriptor.open(directory.path("zero"), O_RDONLY)) {
            assertArrayEquals(new byte[100], zero.read(100));
        }
    }

    @Test
    void onlyRootMakesDevices(final TestDirectory directory) throws Throwable {
        Posix.chmod(directory.path(), 0777);
        ALICE.run(() -> {
            Expect.error(Errno.EPERM, () -> Posix.mknod(directory.path("char"), S_IFCHR | 0644, 1, 3));
            Expect.error(Errno.EPERM, () -> Posix.mknod(directory.path("block"), S_IFBLK | 0644, 7, 0));
        });
    }

    @Test
    void mknodMakesNoDirectoriesOrLinks(final TestDirectory directory) throws Throwable {
        Expect.eitherError(Errno.EPERM, Errno.EINVAL, () -> Posix.mknod(directory.path("d"), S_IFDIR | 0755, 0, 0));
        Expect.error(Errno.EINVAL, () -> Posix.mknod(directory.path("l"), S_IFLNK | 0777, 0, 0));
    }

    @Test
    @OneMount("a FIFO connects those who opened one kernel's inode")
    void aFifoCarriesData(final TestDirectory directory) {
        final String fifo = directory.make(FileType.FIFO, "fifo");
        try (Descriptor reader = Descriptor.open(fifo, O_RDONLY | O_NONBLOCK);
             Descriptor writer = Descriptor.open(fifo, O_WRONLY | O_NONBLOCK)) {
            writer.write("through".getBytes(StandardCharsets.UTF_8));
            assertEquals("through", new String(reader.read(100), StandardCharsets.UTF_8));
        }
        assertEquals(0, Posix.stat(fifo).size());
    }

    @Test
    @Basis("POSIX.1-2017 open(): ENXIO for O_WRONLY | O_NONBLOCK without a reader")
    void aFifoWithoutAReaderCannotBeOpenedForWritingAtOnce(final TestDirectory directory) throws Throwable {
        final String fifo = directory.make(FileType.FIFO, "fifo");
        Expect.error(Errno.ENXIO, () -> Descriptor.open(fifo, O_WRONLY | O_NONBLOCK).close());
    }

    @Test
    void aSocketConnects(final TestDirectory directory) throws IOException {
        final UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.path("s"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            assertEquals(S_IFSOCK, Posix.lstat(directory.path("s")).type());
            try (SocketChannel client = SocketChannel.open(address); SocketChannel served = server.accept()) {
                client.write(ByteBuffer.wrap(new byte[] {42}));
                final ByteBuffer received = ByteBuffer.allocate(1);
                served.read(received);
                assertEquals(42, received.get(0));
            }
        }
    }

    @Test
    @Basis("POSIX.1-2017 open(): a socket cannot be opened (ENXIO on Linux)")
    void aSocketCannotBeOpened(final TestDirectory directory) throws Throwable {
        final String socket = directory.make(FileType.SOCKET, "socket");
        Expect.error(Errno.ENXIO, () -> Descriptor.open(socket, O_RDONLY).close());
        Expect.error(Errno.ENXIO, () -> Descriptor.open(socket, O_RDWR).close());
    }
}
