package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.FileType;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@PosixSuite("POSIX.1-2017 unlink(), rmdir(), rename(): S_ISVTX; inode(7)")
class StickyDirectoryTest {
    /** Who owns the sticky directory and who the file in it; Alice acts. */
    private enum Owners {
        NEITHER(BOB.uid(), BOB.uid(), false),
        DIRECTORY(ALICE.uid(), BOB.uid(), true),
        FILE(BOB.uid(), ALICE.uid(), true),
        BOTH(ALICE.uid(), ALICE.uid(), true);

        private final int directoryOwner;
        private final int fileOwner;
        private final boolean mayRemove;

        Owners(final int directoryOwner, final int fileOwner, final boolean mayRemove) {
            this.directoryOwner = directoryOwner;
            this.fileOwner = fileOwner;
            this.mayRemove = mayRemove;
        }

        private String makeDirectory(final TestDirectory directory) {
            final String sticky = directory.directory("sticky", 0755);
            Posix.chown(sticky, directoryOwner, 0);
            Posix.chmod(sticky, 01777);
            return sticky;
        }

        private String makeFile(final TestDirectory directory, final FileType type) {
            final String path = directory.make(type, "sticky/" + type);
            Posix.lchown(path, fileOwner, 0);
            if (type != FileType.SYMLINK) {
                Posix.chmod(path, 0777);
            }
            return path;
        }
    }

    private static void check(final boolean allowed, final Executable call) throws Throwable {
        if (allowed) {
            call.execute();
        } else {
            Expect.eitherError(Errno.EPERM, Errno.EACCES, call);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheOwnerOfEitherRemoves(final Owners owners, final TestDirectory directory) throws Throwable {
        owners.makeDirectory(directory);
        for (final FileType type : FileType.values()) {
            final String path = owners.makeFile(directory, type);
            ALICE.run(() -> check(owners.mayRemove, () -> type.remove(path)));
            assertEquals(owners.mayRemove, !Posix.exists(path), type::name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheOwnerOfEitherRenamesAway(final Owners owners, final TestDirectory directory) throws Throwable {
        owners.makeDirectory(directory);
        final String open = directory.directory("open", 0777);
        for (final FileType type : FileType.values()) {
            final String path = owners.makeFile(directory, type);
            ALICE.run(() -> check(owners.mayRemove, () -> Posix.rename(path, open + "/" + type)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheOwnerOfEitherReplaces(final Owners owners, final TestDirectory directory) throws Throwable {
        owners.makeDirectory(directory);
        final String open = directory.directory("open", 0777);
        for (final FileType type : List.of(FileType.REGULAR, FileType.FIFO, FileType.SYMLINK)) {
            final String path = owners.makeFile(directory, type);
            ALICE.run(() -> {
                Descriptor.create(open + "/mine").close();
                check(owners.mayRemove, () -> Posix.rename(open + "/mine", path));
            });
        }
    }

    @Test
    void anybodyMayMake(final TestDirectory directory) throws Throwable {
        final String sticky = Owners.NEITHER.makeDirectory(directory);
        ALICE.run(() -> {
            Descriptor.create(sticky + "/file").close();
            Posix.rename(sticky + "/file", sticky + "/renamed");
            Posix.unlink(sticky + "/renamed");
        });
    }
}
