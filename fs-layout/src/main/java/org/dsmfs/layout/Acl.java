package org.dsmfs.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A POSIX access control list (IEEE 1003.1e draft 17, section 23) in the form that Linux passes in extended
 * attributes: version 2 (4), then per entry tag (2), permissions (2), id (4), little-endian (linux/posix_acl_xattr.h).
 */
final class Acl {
    private static final int VERSION = 2;
    private static final int HEADER_LENGTH = 4;
    private static final int ENTRY_LENGTH = 8;

    private static final int USER_OBJ = 0x01;
    private static final int USER = 0x02;
    private static final int GROUP_OBJ = 0x04;
    private static final int GROUP = 0x08;
    private static final int MASK = 0x10;
    private static final int OTHER = 0x20;

    private static final int ABSENT = -1;

    private final int[] tags;
    private final int[] permissions;
    private final int[] ids;

    private Acl(final int count) {
        tags = new int[count];
        permissions = new int[count];
        ids = new int[count];
    }

    /**
     * @return the list; null if it has no entries, which means "no list"
     * @throws ErrnoException EINVAL (malformed), EOPNOTSUPP (another version)
     */
    static Acl parse(final byte[] value) {
        if (value.length < HEADER_LENGTH || (value.length - HEADER_LENGTH) % ENTRY_LENGTH != 0) {
            throw Errno.EINVAL.exception();
        }
        final ByteBuffer buffer = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt() != VERSION) {
            throw Errno.EOPNOTSUPP.exception();
        }
        final int count = (value.length - HEADER_LENGTH) / ENTRY_LENGTH;
        if (count == 0) {
            return null;
        }
        final Acl acl = new Acl(count);
        for (int i = 0; i < count; i++) {
            acl.tags[i] = buffer.getShort() & 0xffff;
            acl.permissions[i] = buffer.getShort() & 0xffff;
            acl.ids[i] = buffer.getInt();
        }
        acl.validate();
        return acl;
    }

    /** @return the form that {@link #parse} takes */
    byte[] toBytes() {
        final ByteBuffer buffer = ByteBuffer.allocate(HEADER_LENGTH + tags.length * ENTRY_LENGTH)
            .order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(VERSION);
        for (int i = 0; i < tags.length; i++) {
            buffer.putShort((short) tags[i]).putShort((short) permissions[i]).putInt(ids[i]);
        }
        return buffer.array();
    }

    /** @return whether the mode says all that the list says */
    boolean isMinimal() {
        return tags.length == 3;
    }

    /** @return the permission bits 0777 of a file with this list: the mask, if there is one, stands for the group */
    int mode() {
        return permissions[index(USER_OBJ)] << 6 | permissions[groupClass()] << 3 | permissions[index(OTHER)];
    }

    /** Makes the list say what chmod to this mode says. */
    void setMode(final int mode) {
        permissions[index(USER_OBJ)] = mode >> 6 & 7;
        permissions[groupClass()] = mode >> 3 & 7;
        permissions[index(OTHER)] = mode & 7;
    }

    /**
     * Makes a directory's default list the access list of a new file: nothing is allowed that the mode given to the
     * call does not allow.
     *
     * @return mode with the permission bits of the result
     */
    int restrict(final int mode) {
        setMode(mode() & mode);
        return mode & ~0777 | mode();
    }

    private int groupClass() {
        return index(MASK) == ABSENT ? index(GROUP_OBJ) : index(MASK);
    }

    private int index(final int tag) {
        for (int i = 0; i < tags.length; i++) {
            if (tags[i] == tag) {
                return i;
            }
        }
        return ABSENT;
    }

    /** Tags ascend, single ones come once, and named entries need a mask. */
    private void validate() {
        int previous = 0;
        boolean named = false;
        for (int i = 0; i < tags.length; i++) {
            final boolean isNamed = tags[i] == USER || tags[i] == GROUP;
            final boolean known = isNamed || tags[i] == USER_OBJ || tags[i] == GROUP_OBJ || tags[i] == MASK
                || tags[i] == OTHER;
            if (!known || (permissions[i] & ~7) != 0 || tags[i] < previous || tags[i] == previous && !isNamed
                || isNamed && ids[i] == ABSENT) {
                throw Errno.EINVAL.exception();
            }
            named |= isNamed;
            previous = tags[i];
        }
        if (index(USER_OBJ) == ABSENT || index(GROUP_OBJ) == ABSENT || index(OTHER) == ABSENT
            || named && index(MASK) == ABSENT) {
            throw Errno.EINVAL.exception();
        }
    }
}
