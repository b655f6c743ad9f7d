package org.dsmfs.posix;

import static org.dsmfs.posix.support.Users.ALICE;
import static org.dsmfs.posix.support.Users.BOB;
import static org.dsmfs.posix.support.Users.BOB_IN_SHARED_GROUP;
import static org.dsmfs.posix.support.Users.SHARED_GROUP;
import static org.dsmfs.posix.sys.Descriptor.O_RDONLY;
import static org.dsmfs.posix.sys.Descriptor.O_RDWR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dsmfs.posix.support.AccessControlList;
import org.dsmfs.posix.support.AccessControlList.Tag;
import org.dsmfs.posix.support.Capability;
import org.dsmfs.posix.support.Expect;
import org.dsmfs.posix.support.Needs;
import org.dsmfs.posix.support.PosixSuite;
import org.dsmfs.posix.support.TestDirectory;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.User;
import org.junit.jupiter.api.Test;

@PosixSuite("acl(5); POSIX.1e draft 17")
@Needs(Capability.ACLS)
class AclTest {
    @Test
    void isKeptAndRead(final TestDirectory directory) {
        final String path = directory.file("file", 0600);
        final AccessControlList acl = AccessControlList.allowingUser(ALICE.uid(), 6);
        Posix.setxattr(path, AccessControlList.ACCESS, acl.encode(), 0);
        assertEquals(acl.entries(), read(path, AccessControlList.ACCESS).entries());
        assertTrue(Posix.listxattr(path).contains(AccessControlList.ACCESS));
    }

    private static AccessControlList read(final String path, final String name) {
        return AccessControlList.decode(Posix.getxattr(path, name));
    }

    @Test
    void allowsANamedUser(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0600);
        Posix.setxattr(path, AccessControlList.ACCESS, AccessControlList.allowingUser(ALICE.uid(), 4).encode(), 0);
        ALICE.run(() -> {
            Descriptor.open(path, O_RDONLY).close();
            Expect.error(Errno.EACCES, () -> Descriptor.open(path, O_RDWR).close());
        });
        BOB.run(() -> Expect.error(Errno.EACCES, () -> Descriptor.open(path, O_RDONLY).close()));
    }

    @Test
    void allowsANamedGroup(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0600);
        Posix.setxattr(path, AccessControlList.ACCESS, new AccessControlList().add(Tag.USER_OWNER, 6)
            .add(Tag.GROUP_OWNER, 0).add(Tag.GROUP, 6, SHARED_GROUP).add(Tag.MASK, 6).add(Tag.OTHER, 0).encode(), 0);
        BOB_IN_SHARED_GROUP.run(() -> Descriptor.open(path, O_RDWR).close());
        BOB.run(() -> Expect.error(Errno.EACCES, () -> Descriptor.open(path, O_RDONLY).close()));
    }

    @Test
    void theGroupBitsOfTheModeAreTheMask(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0600);
        Posix.setxattr(path, AccessControlList.ACCESS, AccessControlList.allowingUser(ALICE.uid(), 6).encode(), 0);
        assertEquals(0670, Posix.stat(path).permissions());
        Posix.chmod(path, 0640);
        ALICE.run(() -> {
            Descriptor.open(path, O_RDONLY).close();
            Expect.error(Errno.EACCES, () -> Descriptor.open(path, O_RDWR).close());
        });
        assertTrue(read(path, AccessControlList.ACCESS).entries()
            .contains(new AccessControlList.Entry(Tag.MASK, 4, AccessControlList.NO_ID)));
    }

    @Test
    void anAclOfTheModesEntriesOnlyIsTheMode(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0600);
        Posix.setxattr(path, AccessControlList.ACCESS, new AccessControlList().add(Tag.USER_OWNER, 7)
            .add(Tag.GROUP_OWNER, 5).add(Tag.OTHER, 1).encode(), 0);
        assertEquals(0751, Posix.stat(path).permissions());
        Expect.error(Errno.ENODATA, () -> Posix.getxattr(path, AccessControlList.ACCESS));
    }

    @Test
    void removalLeavesTheMode(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0600);
        Posix.setxattr(path, AccessControlList.ACCESS, AccessControlList.allowingUser(ALICE.uid(), 6).encode(), 0);
        Posix.removexattr(path, AccessControlList.ACCESS);
        Expect.error(Errno.ENODATA, () -> Posix.getxattr(path, AccessControlList.ACCESS));
        ALICE.run(() -> Expect.error(Errno.EACCES, () -> Descriptor.open(path, O_RDONLY).close()));
    }

    @Test
    void aDefaultAclIsInheritedInsteadOfTheMask(final TestDirectory directory) throws Throwable {
        final String sub = directory.directory("sub", 0755);
        final AccessControlList acl = AccessControlList.allowingUser(ALICE.uid(), 7);
        Posix.setxattr(sub, AccessControlList.DEFAULT, acl.encode(), 0);
        Posix.umask(077);
        final String file = directory.file("sub/file", 0666);
        final String inner = directory.directory("sub/inner", 0777);
        Posix.umask(0);
        assertEquals(0660, Posix.stat(file).permissions());
        ALICE.run(() -> Descriptor.open(file, O_RDWR).close());
        BOB.run(() -> Expect.error(Errno.EACCES, () -> Descriptor.open(file, O_RDONLY).close()));
        assertEquals(acl.entries(), read(inner, AccessControlList.DEFAULT).entries());
        Expect.error(Errno.ENODATA, () -> Posix.getxattr(file, AccessControlList.DEFAULT));
    }

    @Test
    void onlyADirectoryHasADefault(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        final byte[] acl = AccessControlList.allowingUser(ALICE.uid(), 7).encode();
        Expect.eitherError(Errno.EACCES, Errno.EPERM, () -> Posix.setxattr(path, AccessControlList.DEFAULT, acl, 0));
    }

    @Test
    void onlyTheOwnerMaySetIt(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0666);
        Posix.chown(path, BOB.uid(), BOB.gid());
        final byte[] acl = AccessControlList.allowingUser(ALICE.uid(), 7).encode();
        ALICE.run(() -> Expect.error(Errno.EPERM, () -> Posix.setxattr(path, AccessControlList.ACCESS, acl, 0)));
        BOB.run(() -> Posix.setxattr(path, AccessControlList.ACCESS, acl, 0));
    }

    @Test
    void nonsenseIsInvalid(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file");
        Expect.error(Errno.EINVAL, () -> Posix.setxattr(path, AccessControlList.ACCESS, new byte[] {2, 0, 0, 0, 9}, 0));
        final byte[] withoutMask = new AccessControlList().add(Tag.USER_OWNER, 6).add(Tag.USER, 6, 5)
            .add(Tag.GROUP_OWNER, 0).add(Tag.OTHER, 0).encode();
        Expect.error(Errno.EINVAL, () -> Posix.setxattr(path, AccessControlList.ACCESS, withoutMask, 0));
    }

    @Test
    void aLargeOneIsKept(final TestDirectory directory) throws Throwable {
        final String path = directory.file("file", 0600);
        final AccessControlList acl = new AccessControlList().add(Tag.USER_OWNER, 6);
        for (int i = 0; i < 100; i++) {
            acl.add(Tag.USER, 4, 1000 + i);
        }
        acl.add(Tag.GROUP_OWNER, 0).add(Tag.MASK, 4).add(Tag.OTHER, 0);
        Posix.setxattr(path, AccessControlList.ACCESS, acl.encode(), 0);
        assertEquals(acl.entries(), read(path, AccessControlList.ACCESS).entries());
        new User(1099, 1099).run(() -> Descriptor.open(path, O_RDONLY).close());
        new User(1100, 1100).run(
            () -> Expect.error(Errno.EACCES, () -> Descriptor.open(path, O_RDONLY).close()));
    }
}
