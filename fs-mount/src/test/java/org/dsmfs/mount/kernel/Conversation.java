package org.dsmfs.mount.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.serving.AtimeRule;
import org.dsmfs.mount.serving.LockAttempt;

/** Plays the kernel: hands requests to the dispatcher and takes replies from a socket that stands for the device. */
final class Conversation implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET_NONBLOCK = 5 | 04000;
    private static final int LENGTH_MAX = 128 << 10;

    final NodeTable nodes;
    final Revocations revocations;
    final WriteBacks writeBacks;
    final LockWaits lockWaits = new LockWaits(LockAttempt.LONG_WAIT_NS);
    private final UnsafeBuffer sockets = NativeMemory.allocate(2 * Integer.BYTES);
    private final UnsafeBuffer received = NativeMemory.allocate(LENGTH_MAX);
    private final UnsafeBuffer requestBuffer = NativeMemory.allocate(LENGTH_MAX);
    private final Channel channel;
    private final Dispatcher dispatcher;
    private final Exchange exchange;
    private long lastUnique;

    Conversation(final FileSystem fileSystem) {
        this(fileSystem, false);
    }

    /** @param isShared whether other nodes may change the filesystem */
    Conversation(final FileSystem fileSystem, final boolean isShared) {
        assertEquals(0, Libc.INSTANCE.socketpair(AF_UNIX, SOCK_SEQPACKET_NONBLOCK, 0, sockets.addressOffset()));
        channel = new Channel(sockets.getInt(0));
        nodes = new NodeTable(fileSystem);
        fileSystem.onUnlock(lockWaits);
        final AtimeRule atimeRule = new AtimeRule(AtimePolicy.NOATIME);
        final CachePolicy cachePolicy = new CachePolicy(atimeRule, isShared, true, true);
        revocations = new Revocations(channel, nodes);
        writeBacks = new WriteBacks(fileSystem, revocations);
        final LockOperations locks = new LockOperations(fileSystem, lockWaits);
        dispatcher = new Dispatcher(new NodeOperations(fileSystem, nodes, writeBacks), new NameOperations(fileSystem, nodes),
            new FileOperations(fileSystem, atimeRule, cachePolicy, revocations, writeBacks, locks),
            new DirectoryOperations(fileSystem, cachePolicy),
            new XattrOperations(fileSystem, Map.of(), revocations, true), locks);
        exchange = new Exchange(new Request(requestBuffer), new Reply(NativeMemory.allocate(LENGTH_MAX)), nodes,
            new Validity(fileSystem, cachePolicy, revocations), true);
        revocations.start();
        writeBacks.start();
        lockWaits.start();
    }

    /** Sends a request of user 1000, group 1001, process 1002, and returns its unique number. */
    long send(final int opcode, final long node, final byte[] body) {
        lastUnique += 2;
        final int length = RequestLayout.Header.SIZE + body.length;
        requestBuffer.setMemory(0, LENGTH_MAX, (byte) 0x5a);
        requestBuffer.putInt(RequestLayout.Header.LENGTH, length);
        requestBuffer.putInt(RequestLayout.Header.OPCODE, opcode);
        requestBuffer.putLong(RequestLayout.Header.UNIQUE, lastUnique);
        requestBuffer.putLong(RequestLayout.Header.NODE, node);
        requestBuffer.putInt(RequestLayout.Header.UID, 1000);
        requestBuffer.putInt(RequestLayout.Header.GID, 1001);
        requestBuffer.putInt(RequestLayout.Header.PID, 1002);
        requestBuffer.putBytes(RequestLayout.Header.SIZE, body);
        assertEquals(true, exchange.request.received(length));
        dispatcher.serve(exchange, channel);
        return lastUnique;
    }

    /** @return the next message, null if there is none */
    byte[] take() {
        final long length =
            Libc.INSTANCE.read(sockets.getInt(Integer.BYTES), received.addressOffset(), received.capacity());
        if (length <= 0) {
            return null;
        }
        final byte[] message = new byte[(int) length];
        received.getBytes(0, message);
        return message;
    }

    /** @return the next message, waiting for it */
    byte[] await() throws InterruptedException {
        byte[] message = take();
        while (message == null) {
            Thread.sleep(1);
            message = take();
        }
        return message;
    }

    /** Sends a request and returns the body of the reply, checking its header. */
    byte[] ask(final int opcode, final long node, final byte[] body) {
        final byte[] reply = reply(opcode, node, body);
        assertEquals(0, error(reply), "errno of operation " + opcode);
        return Arrays.copyOfRange(reply, ReplyLayout.Header.SIZE, reply.length);
    }

    /** Sends a request and returns the positive errno of the reply. */
    int askInVain(final int opcode, final long node, final byte[] body) {
        final byte[] reply = reply(opcode, node, body);
        assertEquals(ReplyLayout.Header.SIZE, reply.length);
        return error(reply);
    }

    private byte[] reply(final int opcode, final long node, final byte[] body) {
        final long unique = send(opcode, node, body);
        final byte[] reply = take();
        final UnsafeBuffer header = new UnsafeBuffer(reply);
        assertEquals(reply.length, header.getInt(ReplyLayout.Header.LENGTH));
        assertEquals(unique, header.getLong(ReplyLayout.Header.UNIQUE));
        return reply;
    }

    static int error(final byte[] reply) {
        return -new UnsafeBuffer(reply).getInt(ReplyLayout.Header.ERROR);
    }

    /** Closes the end that replies go to, as if the requests had been interrupted. */
    void hangUp() {
        Libc.INSTANCE.close(sockets.getInt(Integer.BYTES));
    }

    /** A body: hexadecimal digits, with texts in quotes; blanks do not count. 'a' stands for the byte 61. */
    static byte[] bytes(final String text) {
        final byte[] bytes = new byte[text.length()];
        int length = 0;
        boolean quoted = false;
        int high = -1;
        for (final char c : text.toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
            } else if (quoted) {
                bytes[length++] = String.valueOf(c).getBytes(StandardCharsets.US_ASCII)[0];
            } else if (c != ' ') {
                final int digit = Character.digit(c, 16);
                if (high < 0) {
                    high = digit;
                } else {
                    bytes[length++] = (byte) (high << 4 | digit);
                    high = -1;
                }
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public void close() {
        revocations.close();
        lockWaits.close();
        channel.close();
        Libc.INSTANCE.close(sockets.getInt(Integer.BYTES));
    }
}
