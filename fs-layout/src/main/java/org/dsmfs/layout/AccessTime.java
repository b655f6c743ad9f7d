package org.dsmfs.layout;

import org.dsmfs.layout.page.InodePage;

/** Keeps access times as the mount's policy says. */
final class AccessTime {
    private static final long DAY_SECONDS = 24 * 60 * 60;

    private final AtimePolicy policy;

    AccessTime(final AtimePolicy policy) {
        this.policy = policy;
    }

    /**
     * Notes that the inode's content was read.
     *
     * @return whether that changed its access time
     */
    boolean accessed(final Run run, final Inode inode) {
        final boolean changes =
            policy == AtimePolicy.STRICTATIME || policy == AtimePolicy.RELATIME && isDue(run, inode.view());
        if (changes) {
            run.accessed(inode);
        }
        return changes;
    }

    private static boolean isDue(final Run run, final InodePage inode) {
        return !isAfter(inode, inode.mtimeSeconds(), inode.mtimeNanos())
            || !isAfter(inode, inode.ctimeSeconds(), inode.ctimeNanos())
            || run.nowSeconds() - inode.atimeSeconds() >= DAY_SECONDS;
    }

    private static boolean isAfter(final InodePage inode, final long seconds, final int nanos) {
        return inode.atimeSeconds() > seconds || inode.atimeSeconds() == seconds && inode.atimeNanos() > nanos;
    }
}
