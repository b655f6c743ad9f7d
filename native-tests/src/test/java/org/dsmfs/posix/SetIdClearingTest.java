package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_TRUNC;
import static org.dsmfs.posix.sys.Descriptor.O_WRONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dsmfs.posix.support.Basis;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;

@PosixSuite("POSIX.1-2017 write(), ftruncate(): may clear S_ISUID and S_ISGID; write(2), inode(7): Linux does")
class SetIdClearingTest {
    private static String setIdFile(final TestDirectory directory) {
        final String file = directory.file("file", 0777);
        Posix.chown(file, BOB.uid(), BOB.gid());
        Posix.chmod(file, 06777);
        return file;
    }

    @Test
    void aWriteOfAnotherUserClearsThem(final TestDirectory directory) throws Throwable {
        final String file = setIdFile(directory);
        ALICE.run(() -> {
            try (Descriptor open = Descriptor.open(file, O_WRONLY)) {
                open.write(new byte[] {1});
                assertEquals(0777, open.stat().permissions());
            }
        });
        assertEquals(0777, Posix.stat(file).permissions());
    }

    @Test
    void aWriteOfTheOwnerClearsThem(final TestDirectory directory) throws Throwable {
        final String file = setIdFile(directory);
        BOB.run(() -> {
            try (Descriptor open = Descriptor.open(file, O_WRONLY)) {
                open.pwrite(100, new byte[] {1});
            }
        });
        assertEquals(0777, Posix.stat(file).permissions());
    }

    @Test
    void aTruncationClearsThem(final TestDirectory directory) throws Throwable {
        final String file = setIdFile(directory);
        ALICE.run(() -> Posix.truncate(file, 5));
        assertEquals(0777, Posix.stat(file).permissions());
    }

    @Test
    void openingWithTruncationClearsThem(final TestDirectory directory) throws Throwable {
        final String file = setIdFile(directory);
        Posix.truncate(file, 10);
        Posix.chmod(file, 06777);
        ALICE.run(() -> Descriptor.open(file, O_WRONLY | O_TRUNC).close());
        assertEquals(0777, Posix.stat(file).permissions());
    }

    @Test
    void aReadKeepsThem(final TestDirectory directory) throws Throwable {
        final String file = setIdFile(directory);
        ALICE.run(() -> {
            try (Descriptor open = Descriptor.open(file, O_RDONLY)) {
                open.read(1);
            }
        });
        assertEquals(06777, Posix.stat(file).permissions());
    }

    @Test
    @Basis("write(2): a privileged process (CAP_FSETID) keeps the bits")
    void aWriteOfRootKeepsThem(final TestDirectory directory) {
        final String file = setIdFile(directory);
        try (Descriptor open = Descriptor.open(file, O_WRONLY)) {
            open.write(new byte[] {1});
        }
        assertEquals(06777, Posix.stat(file).permissions());
    }
}
