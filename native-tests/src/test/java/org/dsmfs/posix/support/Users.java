package org.dsmfs.posix.support;

import org.dsmfs.posix.sys.User;

/** Two ordinary users whom no machine has, each with a group of their own, and a group that they may share. */
public final class Users {
    public static final User ALICE = new User(65521, 65521);
    public static final User BOB = new User(65522, 65522);
    public static final int SHARED_GROUP = 65530;
    /** Bob as a supplementary member of the shared group. */
    public static final User BOB_IN_SHARED_GROUP = new User(BOB.uid(), BOB.gid(), SHARED_GROUP);

    private Users() {
    }
}
