package org.dsmfs.posix.support;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.dsmfs.posix.sys.Descriptor;
import org.dsmfs.posix.sys.Errno;
import org.dsmfs.posix.sys.Posix;
import org.dsmfs.posix.sys.PosixException;
import org.dsmfs.posix.sys.User;

/** An ACL, acl(5), in the bytes of its extended attribute (linux/posix_acl_xattr.h, version 2). */
public final class AccessControlList {
    public static final String ACCESS = "system.posix_acl_access";
    public static final String DEFAULT = "system.posix_acl_default";

    /** Kinds of entries; to be added in this order, ids ascending. */
    public enum Tag {
        USER_OWNER(0x01), USER(0x02), GROUP_OWNER(0x04), GROUP(0x08), MASK(0x10), OTHER(0x20);

        private final int code;

        Tag(final int code) {
            this.code = code;
        }

        private static Tag of(final int code) {
            for (final Tag tag : values()) {
                if (tag.code == code) {
                    return tag;
                }
            }
            throw new AssertionError("ACL entry tag " + code);
        }
    }

    /**
     * One entry.
     *
     * @param permissions 0..7
     * @param id          of the user or group named, otherwise {@link #NO_ID}
     */
    public record Entry(Tag tag, int permissions, int id) { }

    public static final int NO_ID = -1;

    private static final int VERSION = 2;
    private static final int ENTRY_BYTES = 8;

    private final List<Entry> entries = new ArrayList<>();

    public AccessControlList add(final Tag tag, final int permissions) {
        return add(tag, permissions, NO_ID);
    }

    public AccessControlList add(final Tag tag, final int permissions, final int id) {
        entries.add(new Entry(tag, permissions, id));
        return this;
    }

    public List<Entry> entries() {
        return entries;
    }

    public byte[] encode() {
        final ByteBuffer out = ByteBuffer.allocate(4 + entries.size() * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(VERSION);
        for (final Entry entry : entries) {
            out.putShort((short) entry.tag().code).putShort((short) entry.permissions()).putInt(entry.id());
        }
        return out.array();
    }

    public static AccessControlList decode(final byte[] bytes) {
        final ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt() != VERSION) {
            throw new AssertionError("version of an ACL");
        }
        final AccessControlList acl = new AccessControlList();
        while (in.hasRemaining()) {
            acl.add(Tag.of(in.getShort()), in.getShort(), in.getInt());
        }
        return acl;
    }

    /** The smallest ACL that names a user. */
    public static AccessControlList allowingUser(final int uid, final int permissions) {
        return new AccessControlList().add(Tag.USER_OWNER, 6).add(Tag.USER, permissions, uid)
            .add(Tag.GROUP_OWNER, 0).add(Tag.MASK, 7).add(Tag.OTHER, 0);
    }

    /** Whether an entry that denies a user what everybody else may do is obeyed in the directory; only as root. */
    static boolean areEnforced(final String directory) {
        final String path = directory + "/file";
        Descriptor.create(path).close();
        Posix.chmod(directory, 0755);
        Posix.setxattr(path, ACCESS, new AccessControlList().add(Tag.USER_OWNER, 6).add(Tag.USER, 0, 12345)
            .add(Tag.GROUP_OWNER, 4).add(Tag.MASK, 4).add(Tag.OTHER, 4).encode(), 0);
        try {
            new User(12345, 12345).run(() -> Descriptor.open(path, Descriptor.O_RDONLY).close());
            return false;
        } catch (final PosixException e) {
            return e.errno() == Errno.EACCES;
        } catch (final Throwable e) {
            throw new AssertionError(e);
        }
    }
}
