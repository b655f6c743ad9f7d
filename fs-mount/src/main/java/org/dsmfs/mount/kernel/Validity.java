package org.dsmfs.mount.kernel;

import org.dsmfs.layout.FileSystem;

/**
 * How long the kernel may use the answer to one request, in seconds: as long as the filesystem says, for ever if there is no
 * other node, provided that nothing was revoked since the request came. Otherwise the answer may come from before a
 * change on another node, whose revocation is over. One per worker.
 *
 * <p>To be asked after the answer was found, and after it was noted that the kernel gets it, so that a revocation which
 * comes after the question finds what it has to revoke.
 */
final class Validity {
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final FileSystem fileSystem;
    private final CachePolicy policy;
    private final Revocations revocations;
    private long stamp;

    Validity(final FileSystem fileSystem, final CachePolicy policy, final Revocations revocations) {
        this.fileSystem = fileSystem;
        this.policy = policy;
        this.revocations = revocations;
    }

    /** A new request came. */
    void begin() {
        stamp = revocations.stamp();
    }

    /** @return of attributes that the kernel has asked for */
    long ofAttributes() {
        return seconds(true);
    }

    /** @return of attributes that come with a change */
    long ofChangedAttributes() {
        return seconds(policy.keepsAttributesOfChanges());
    }

    /** @return of a name of the inode in the directory */
    long ofName(final long directory, final long ino) {
        noteName(ino);
        return ofMissingName(directory);
    }

    /** @return of a name's absence from the directory */
    long ofMissingName(final long directory) {
        noteName(directory);
        return seconds(policy.keepsNames());
    }

    private void noteName(final long ino) {
        if (policy.revokesNames()) {
            revocations.nameGiven(ino);
        }
    }

    private long seconds(final boolean isKept) {
        return isKept && revocations.isNoneSince(stamp)
            ? Math.min(fileSystem.trustNs() / NS_PER_SECOND, Reply.FOREVER_SECONDS) : Reply.NOT_AT_ALL_SECONDS;
    }
}
