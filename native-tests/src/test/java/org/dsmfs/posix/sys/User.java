package org.dsmfs.posix.sys;

import static org.dsmfs.posix.sys.Native.LIBC;
import static org.dsmfs.posix.sys.Native.check;

import org.junit.jupiter.api.function.Executable;

/**
 * Somebody other than root to act as.
 *
 * @param groups supplementary groups
 */
public record User(int uid, int gid, int... groups) {
    private static final long SYS_SETGROUPS = 116;
    private static final long SYS_SETRESUID = 117;
    private static final long SYS_SETRESGID = 119;

    /**
     * Runs a step with this user's ids and rethrows what it throws. The ids are those of a thread made for the step:
     * to the kernel, credentials belong to a thread, and only the C library's wrappers spread them over the process.
     */
    public void run(final Executable step) throws Throwable {
        final Throwable[] thrown = new Throwable[1];
        final Thread thread = new Thread(() -> {
            try {
                become();
                step.execute();
            } catch (final Throwable e) {
                thrown[0] = e;
            }
        }, "uid " + uid);
        thread.start();
        thread.join();
        if (thrown[0] != null) {
            throw thrown[0];
        }
    }

    private void become() {
        check(LIBC.syscall(SYS_SETGROUPS, groups.length, groups.length == 0 ? new int[1] : groups, 0), "setgroups");
        check(LIBC.syscall(SYS_SETRESGID, gid, gid, gid), "setresgid");
        check(LIBC.syscall(SYS_SETRESUID, uid, uid, uid), "setresuid");
    }
}
