package org.dsmfs.mount.kernel;

import static org.dsmfs.mount.kernel.Conversation.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.MemoryFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests and replies byte by byte, as linux/fuse.h lays them out. The first file that is made has inode number 2. */
@Timeout(20)
class DispatcherTest {
    private static final int ENOENT = 2;
    private static final int EAGAIN = 11;
    private static final int EINVAL = 22;
    private static final int ENOTTY = 25;
    private static final int ERANGE = 34;
    private static final int ENAMETOOLONG = 36;
    private static final int ENOSYS = 38;
    private static final int ESTALE = 116;
    private static final String FOREVER = "ffffff7f00000000";
    private static final String NO_NANOS = "00000000";
    /** CREATE f, mode 0644, umask 022. */
    private static final String CREATE_F = "42000000 a4810000 12000000 00000000 'f' 00";

    private final MemoryFileSystem fileSystem = new MemoryFileSystem();
    private Conversation kernel;

    @BeforeEach
    void begin() {
        kernel = new Conversation(fileSystem);
    }

    @AfterEach
    void end() {
        kernel.close();
    }

    private long create() {
        final byte[] reply = kernel.ask(Opcode.CREATE, FileSystem.ROOT, bytes(CREATE_F));
        assertEquals(ReplyLayout.Entry.SIZE + ReplyLayout.Open.SIZE, reply.length);
        return new UnsafeBuffer(reply).getLong(ReplyLayout.Entry.NODE);
    }

    private long createClosed() {
        final long node = create();
        kernel.ask(Opcode.RELEASE, node, new byte[24]);
        return node;
    }

    @Test
    void inodeWithoutNameLivesUntilItIsClosed() {
        final long node = create();
        kernel.ask(Opcode.UNLINK, FileSystem.ROOT, bytes("'f' 00"));
        kernel.send(Opcode.FORGET, node, bytes("0100000000000000"));
        kernel.ask(Opcode.GETATTR, node, new byte[16]);
        kernel.ask(Opcode.RELEASE, node, new byte[24]);
        assertEquals(ESTALE, kernel.askInVain(Opcode.GETATTR, node, new byte[16]));
    }

    private static byte[] write(final int offset, final String data, final int flags, final int writeFlags) {
        final byte[] content = bytes(data);
        final UnsafeBuffer body = new UnsafeBuffer(new byte[RequestLayout.Write.DATA + content.length]);
        body.putLong(RequestLayout.Write.OFFSET, offset);
        body.putInt(RequestLayout.Write.LENGTH, content.length);
        body.putInt(RequestLayout.Write.WRITE_FLAGS, writeFlags);
        body.putInt(RequestLayout.Write.FLAGS, flags);
        body.putBytes(RequestLayout.Write.DATA, content);
        return body.byteArray();
    }

    private byte[] read(final long node, final int length) {
        final UnsafeBuffer body = new UnsafeBuffer(new byte[40]);
        body.putInt(RequestLayout.Read.LENGTH, length);
        return kernel.ask(Opcode.READ, node, body.byteArray());
    }

    @Test
    void missingNameIsAnEntryWithoutNodeThatMayBeRemembered() {
        assertArrayEquals(bytes("0000000000000000 0000000000000000" + FOREVER + "00".repeat(16) + "00".repeat(88)),
            kernel.ask(Opcode.LOOKUP, FileSystem.ROOT, bytes("'none' 00")));
    }

    @Test
    void entryHasNodeValidityAndAttributes() {
        kernel.ask(Opcode.MKNOD, FileSystem.ROOT, bytes("ed810000 00000000 12000000 00000000 'file' 00"));
        final byte[] entry = kernel.ask(Opcode.LOOKUP, FileSystem.ROOT, bytes("'file' 00"));
        assertArrayEquals(bytes("0200000000000000 0000000000000000" + FOREVER + FOREVER + NO_NANOS + NO_NANOS
            + "0200000000000000 0000000000000000 0000000000000000"), Arrays.copyOf(entry, 64));
        assertArrayEquals(bytes("ed810000 01000000 e8030000 e9030000 00000000 00100000 00000000"),
            Arrays.copyOfRange(entry, 100, 128), "mode, links, owner, group, device, block size, flags");
        assertEquals(022, fileSystem.lastMaker.umask());
        assertEquals(1000, fileSystem.lastMaker.uid());
    }

    @Test
    void attributes() {
        final byte[] reply = kernel.ask(Opcode.GETATTR, FileSystem.ROOT, new byte[16]);
        assertEquals(104, reply.length);
        assertArrayEquals(bytes(FOREVER + NO_NANOS + "00000000 0100000000000000"), Arrays.copyOf(reply, 24));
        final byte[] statx = kernel.ask(Opcode.STATX, FileSystem.ROOT, new byte[24]);
        assertEquals(288, statx.length);
        assertArrayEquals(bytes("ff0f0000 00100000"), Arrays.copyOfRange(statx, 32, 40), "mask, block size");
        assertArrayEquals(bytes("02000000 00000000 00000000 ed41 0000 0100000000000000"),
            Arrays.copyOfRange(statx, 48, 72), "links, owner, group, mode, inode number");
    }

    @Test
    void truncationMustBeAskedAgain() {
        final long node = create();
        final UnsafeBuffer body = new UnsafeBuffer(new byte[88]);
        body.putInt(0, RequestLayout.SetAttr.VALID_SIZE);
        body.putLong(16, 5);
        final UnsafeBuffer reply = new UnsafeBuffer(kernel.ask(Opcode.SETATTR, node, body.byteArray()));
        assertEquals(Reply.NOT_AT_ALL_SECONDS, reply.getLong(0));
        assertEquals(5, reply.getLong(24));
        body.putInt(0, RequestLayout.SetAttr.VALID_MODE);
        body.putInt(68, 0100600);
        reply.wrap(kernel.ask(Opcode.SETATTR, node, body.byteArray()));
        assertEquals(Reply.FOREVER_SECONDS, reply.getLong(0));
        assertEquals(0100600, reply.getInt(76));
    }

    @Test
    void writtenIsRead() {
        final long node = create();
        assertArrayEquals(bytes("05000000 00000000"), kernel.ask(Opcode.WRITE, node, write(0, "'hello'", 1, 0)));
        assertArrayEquals(bytes("'hello'"), read(node, 100));
        assertArrayEquals(bytes("'he'"), read(node, 2));
    }

    @Test
    void appendGoesToTheEndUnlessItComesFromAMapping() {
        final int append = 02001;
        final long node = create();
        kernel.ask(Opcode.WRITE, node, write(0, "'hello'", append, 0));
        kernel.ask(Opcode.WRITE, node, write(0, "' you'", append, 0));
        kernel.ask(Opcode.WRITE, node, write(0, "'H'", append, RequestLayout.Write.WRITE_CACHE));
        assertArrayEquals(bytes("'Hello you'"), read(node, 100));
    }

    @Test
    void directoryEntriesAreAligned() {
        create();
        final UnsafeBuffer body = new UnsafeBuffer(new byte[40]);
        body.putInt(RequestLayout.Read.LENGTH, 4096);
        final String dirent = "0200000000000000 0100000000000000 01000000 08000000 'f' 00000000000000";
        assertArrayEquals(bytes(dirent), kernel.ask(Opcode.READDIR, FileSystem.ROOT, body.byteArray()));
        final byte[] plus = kernel.ask(Opcode.READDIRPLUS, FileSystem.ROOT, body.byteArray());
        assertEquals(128 + 32, plus.length);
        assertEquals(2, new UnsafeBuffer(plus).getLong(0));
        assertArrayEquals(bytes(dirent), Arrays.copyOfRange(plus, 128, 160));
        body.putInt(RequestLayout.Read.LENGTH, 31);
        assertEquals(0, kernel.ask(Opcode.READDIR, FileSystem.ROOT, body.byteArray()).length);
    }

    @Test
    void renameTakesTwoNamesOfOneLength() {
        create();
        kernel.ask(Opcode.RENAME2, FileSystem.ROOT, bytes("0100000000000000 00000000 00000000 'f' 00 'g' 00"));
        kernel.ask(Opcode.RENAME, FileSystem.ROOT, bytes("0100000000000000 'g' 00 'h' 00"));
        assertEquals(2, new UnsafeBuffer(kernel.ask(Opcode.LOOKUP, FileSystem.ROOT, bytes("'h' 00"))).getLong(0));
    }

    @Test
    void symbolicLink() {
        final byte[] entry = kernel.ask(Opcode.SYMLINK, FileSystem.ROOT, bytes("'link' 00 'to/where' 00"));
        assertArrayEquals(bytes("'to/where'"), kernel.ask(Opcode.READLINK, new UnsafeBuffer(entry).getLong(0),
            new byte[0]));
    }

    @Test
    void extendedAttributes() {
        final long node = create();
        kernel.ask(Opcode.SETXATTR, node, bytes("03000000 00000000 00000000 00000000 'user.a' 00 'xyz'"));
        assertArrayEquals(bytes("03000000 00000000"),
            kernel.ask(Opcode.GETXATTR, node, bytes("00000000 00000000 'user.a' 00")));
        assertArrayEquals(bytes("'xyz'"), kernel.ask(Opcode.GETXATTR, node, bytes("04000000 00000000 'user.a' 00")));
        assertEquals(ERANGE, kernel.askInVain(Opcode.GETXATTR, node, bytes("02000000 00000000 'user.a' 00")));
        assertArrayEquals(bytes("'user.a' 00"), kernel.ask(Opcode.LISTXATTR, node, bytes("00010000 00000000")));
        kernel.ask(Opcode.REMOVEXATTR, node, bytes("'user.a' 00"));
        assertEquals(0, kernel.ask(Opcode.LISTXATTR, node, bytes("00010000 00000000")).length);
    }

    @Test
    void statfs() {
        final UnsafeBuffer reply = new UnsafeBuffer(kernel.ask(Opcode.STATFS, FileSystem.ROOT, new byte[0]));
        assertEquals(80, reply.capacity());
        assertArrayEquals(new long[] {1000, 900, 800, 700, 600}, new long[] {reply.getLong(0), reply.getLong(8),
            reply.getLong(16), reply.getLong(24), reply.getLong(32)});
        assertArrayEquals(new int[] {4096, 255, 4096},
            new int[] {reply.getInt(40), reply.getInt(44), reply.getInt(48)});
    }

    @Test
    void inodeWithoutNameLivesUntilItIsForgotten() {
        final long node = createClosed();
        kernel.ask(Opcode.UNLINK, FileSystem.ROOT, bytes("'f' 00"));
        kernel.ask(Opcode.GETATTR, node, new byte[16]);
        kernel.send(Opcode.BATCH_FORGET, 0,
            bytes("01000000 00000000 0200000000000000 0100000000000000"));
        assertNull(kernel.take());
        assertEquals(ESTALE, kernel.askInVain(Opcode.GETATTR, node, new byte[16]));
        assertEquals(0, kernel.nodes.size());
    }

    @Test
    void inodeThatIsReplacedLivesUntilItIsForgotten() {
        final long node = createClosed();
        kernel.ask(Opcode.MKNOD, FileSystem.ROOT, bytes("ed810000 00000000 12000000 00000000 'new' 00"));
        kernel.ask(Opcode.RENAME, FileSystem.ROOT, bytes("0100000000000000 'new' 00 'f' 00"));
        kernel.ask(Opcode.GETATTR, node, new byte[16]);
        kernel.send(Opcode.FORGET, node, bytes("0100000000000000"));
        assertEquals(ESTALE, kernel.askInVain(Opcode.GETATTR, node, new byte[16]));
    }

    @Test
    void whatTheKernelDidNotGetItDoesNotKnow() {
        create();
        assertEquals(1, kernel.nodes.size());
        kernel.ask(Opcode.MKNOD, FileSystem.ROOT, bytes("ed810000 00000000 12000000 00000000 'g' 00"));
        assertEquals(2, kernel.nodes.size());
        kernel.send(Opcode.FORGET, 3, bytes("0100000000000000"));
        kernel.hangUp();
        kernel.send(Opcode.LOOKUP, FileSystem.ROOT, bytes("'g' 00"));
        assertEquals(1, kernel.nodes.size());
    }

    @Test
    void lockInTheWayIsReportedAndWaitedFor() throws Exception {
        final long node = create();
        final String range = "0000000000000000 ffffffffffffff7f 01000000 ea030000 00000000 00000000";
        kernel.ask(Opcode.SETLK, node, bytes("0700000000000000 0a00000000000000" + range));
        assertEquals(EAGAIN, kernel.askInVain(Opcode.SETLK, node, bytes("0800000000000000 0b00000000000000" + range)));
        assertArrayEquals(bytes("0000000000000000 ffffffffffffff7f 01000000"), Arrays.copyOf(
            kernel.ask(Opcode.GETLK, node, bytes("0800000000000000 0b00000000000000" + range)), 20));
        final long unique = kernel.send(Opcode.SETLKW, node, bytes("0800000000000000 0b00000000000000" + range));
        assertNull(kernel.take());
        final long closing = kernel.send(Opcode.RELEASE, node, bytes("0700000000000000" + "00".repeat(16)));
        assertEquals(Set.of(unique, closing), Set.of(granted(kernel.await()), granted(kernel.await())));
    }

    private static long granted(final byte[] reply) {
        assertEquals(0, Conversation.error(reply));
        return new UnsafeBuffer(reply).getLong(ReplyLayout.Header.UNIQUE);
    }

    @Test
    void unknownOperationsAndWrongBodiesAreRefused() {
        assertEquals(ENOSYS, kernel.askInVain(4711, FileSystem.ROOT, new byte[8]));
        assertEquals(ENOTTY, kernel.askInVain(Opcode.IOCTL, FileSystem.ROOT, new byte[32]));
        assertEquals(EINVAL, kernel.askInVain(Opcode.READ, FileSystem.ROOT, new byte[3]));
        assertEquals(EINVAL, kernel.askInVain(Opcode.LOOKUP, FileSystem.ROOT, bytes("'no NUL'")));
        assertEquals(EINVAL, kernel.askInVain(Opcode.WRITE, create(), Arrays.copyOf(write(0, "'hello'", 0, 0), 44)));
        assertEquals(ENAMETOOLONG,
            kernel.askInVain(Opcode.LOOKUP, FileSystem.ROOT, bytes("'" + "x".repeat(256) + "' 00")));
        assertEquals(ENOENT, kernel.askInVain(Opcode.UNLINK, FileSystem.ROOT, bytes("'none' 00")));
    }
}
