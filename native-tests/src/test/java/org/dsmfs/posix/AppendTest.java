package org.dsmfs.posix;

import static org.dsmfs.posix.sys.Descriptor.O_APPEND;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.dsmfs.posix.sys.Descriptor.SEEK_SET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.Peer;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 open() O_APPEND, write(); open(2)")
class AppendTest {
    private static final int RECORD_BYTES = 64;

    @Test
    void eachWriteGoesToTheEndWhereverThatIs(final TestDirectory directory) {
        final String path = directory.file("file", new byte[] {1});
        try (Descriptor appender = Descriptor.open(path, O_WRONLY | O_APPEND);
             Descriptor writer = Descriptor.open(path, O_RDWR)) {
            appender.write(new byte[] {2});
            writer.pwrite(2, new byte[] {3, 4});
            appender.seek(0, SEEK_SET);
            appender.write(new byte[] {5});
            assertArrayEquals(new byte[] {1, 2, 3, 4, 5}, writer.pread(0, 10));
            writer.truncate(1);
            appender.write(new byte[] {6});
            assertArrayEquals(new byte[] {1, 6}, writer.pread(0, 10));
        }
    }

    @Test
    @Basis("fcntl(2) F_SETFL")
    void canBeSwitchedOnAndOff(final TestDirectory directory) {
        try (Descriptor file = Descriptor.create(directory.path("file"))) {
            file.write(new byte[] {1, 2, 3});
            file.setStatusFlags(O_APPEND);
            file.seek(0, SEEK_SET);
            file.write(new byte[] {4});
            file.setStatusFlags(0);
            file.pwrite(0, new byte[] {5});
            assertArrayEquals(new byte[] {5, 2, 3, 4}, file.pread(0, 10));
        }
    }

    @Test
    void appendersInSeveralProcessesLoseNothing(final TestDirectory directory) throws Exception {
        final String path = directory.file("file");
        final int appenders = 4;
        final int records = 500;
        final List<Peer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < appenders; i++) {
                peers.add(Peer.start());
            }
            for (int i = 0; i < appenders; i++) {
                peers.get(i).send("append", path, i, records, RECORD_BYTES);
            }
            for (final Peer peer : peers) {
                assertEquals("ok", peer.answer());
            }
        } finally {
            peers.forEach(Peer::close);
        }
        final int[] next = new int[appenders];
        try (Descriptor file = Descriptor.open(path, O_RDONLY)) {
            assertEquals((long) appenders * records * RECORD_BYTES, file.stat().size());
            for (int i = 0; i < appenders * records; i++) {
                final String record = new String(file.read(RECORD_BYTES), StandardCharsets.US_ASCII);
                final String[] fields = record.strip().split(" ");
                final int appender = Integer.parseInt(fields[0]);
                assertEquals(next[appender]++, Integer.parseInt(fields[1]), "records of an appender in their order");
            }
        }
    }
}
