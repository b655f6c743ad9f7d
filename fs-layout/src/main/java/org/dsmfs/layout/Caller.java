package org.dsmfs.layout;

/**
 * On whose behalf an operation runs. Ordinary permission checks are the kernel's ({@code default_permissions}); the
 * filesystem needs the caller to own what is made and for the rules that the kernel leaves to it.
 *
 * @param uid   effective user
 * @param gid   effective group
 * @param pid   process, 0 if unknown
 * @param umask file mode creation mask, applied by the filesystem unless a default ACL takes its place
 */
public record Caller(int uid, int gid, int pid, int umask) {
    /** The superuser with an empty umask. */
    public static final Caller ROOT = new Caller(0, 0, 0, 0);
}
