package org.dsmfs.mount.kernel;

import org.dsmfs.layout.Attributes;
import org.dsmfs.mount.serving.AtimeRule;

/**
 * What the kernel may keep. Of a filesystem that other nodes change too, only what can be taken back without waiting
 * for a request in flight other than a read of the same file: docs/decisions/2026-11-kernel-cache-revocation.md.
 */
final class CachePolicy {
    private static final int O_ACCMODE = 3;
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;

    private final AtimeRule atimeRule;
    private final boolean isShared;
    private final boolean canRevokeNames;
    private final boolean canMapDirectIo;

    /**
     * @param isShared       whether other nodes may change what is mounted
     * @param canRevokeNames whether the kernel has epochs
     * @param canMapDirectIo whether the kernel maps files that are opened for direct I/O
     */
    CachePolicy(final AtimeRule atimeRule, final boolean isShared, final boolean canRevokeNames,
                final boolean canMapDirectIo) {
        this.atimeRule = atimeRule;
        this.isShared = isShared;
        this.canRevokeNames = canRevokeNames;
        this.canMapDirectIo = canMapDirectIo;
    }

    /**
     * @return whether a read must not wait for other nodes any longer than for the content: it has a lock in the
     *     kernel, for which revocation waits, and so do the others
     */
    boolean readsBeforeAtime() {
        return isShared;
    }

    /**
     * @return whether what was stored into a mapping may be written after the reply: the kernel waits for that before it
     *     drops the page, and the other node whose turn it is to write may wait for the latter
     */
    boolean repliesBeforeWriteBack() {
        return isShared;
    }

    /** @return whether names may be kept, missing ones too */
    boolean keepsNames() {
        return !isShared || canRevokeNames;
    }

    /** @return whether names that are kept may have to be taken back */
    boolean revokesNames() {
        return isShared && canRevokeNames;
    }

    /**
     * @return whether the attributes may be kept that come with a change. The kernel takes them over even if they were
     *     revoked before it comes to it, unlike those that it has asked for
     */
    boolean keepsAttributesOfChanges() {
        return !isShared;
    }

    /** @return FOPEN_* flags for a regular file with these attributes that is opened with these O_* flags */
    int openFlags(final Attributes attributes, final int flags) {
        final int keep = atimeRule.readChangesAtime(attributes) ? 0 : ReplyLayout.Open.KEEP_CACHE;
        return ReplyLayout.Open.PARALLEL_DIRECT_WRITES | keep
            | (isShared && bypassesCache(flags & O_ACCMODE) ? ReplyLayout.Open.DIRECT_IO : 0);
    }

    /**
     * A write through the page cache holds locks there while it waits for other nodes, who may wait for the cache to
     * be revoked.
     */
    private boolean bypassesCache(final int accessMode) {
        return accessMode == O_WRONLY || accessMode != O_RDONLY && canMapDirectIo;
    }

    /**
     * @return FOPEN_* flags for a directory with these attributes. The kernel may add what it was told of a directory
     *     to its cached listing at any time, also after that was revoked
     */
    int openDirectoryFlags(final Attributes attributes) {
        if (isShared) {
            return 0;
        }
        return ReplyLayout.Open.CACHE_DIR
            | (atimeRule.readChangesAtime(attributes) ? 0 : ReplyLayout.Open.KEEP_CACHE);
    }
}
