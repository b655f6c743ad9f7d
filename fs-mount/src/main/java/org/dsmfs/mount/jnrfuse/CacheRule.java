package org.dsmfs.mount.jnrfuse;

import org.agrona.collections.LongHashSet;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.Attributes;
import org.dsmfs.mount.serving.AtimeRule;

/**
 * Decides at each open whether the kernel may go on using what it has cached of the file. libfuse 2 has an inode per
 * path, so a file with several names is several files to the kernel, each with a cache of its own: what was cached
 * under one name must not outlive a write under another. And a read that would change the access time must reach us.
 * Thread-safe.
 */
final class CacheRule {
    /** When there are more files than this that ever had several names, nothing is kept any more: 32 MiB of set. */
    private static final int LINKED_MAX = 1 << 20;

    private final AtimeRule atimeRule;
    private final LongHashSet linked = new LongHashSet();

    CacheRule(final AtimePolicy atimePolicy) {
        this.atimeRule = new AtimeRule(atimePolicy);
    }

    /** The inode got another name. */
    synchronized void linked(final long ino) {
        if (linked.size() < LINKED_MAX) {
            linked.add(ino);
        }
    }

    /** @return whether the cache may be kept; the file is being opened and has these attributes */
    boolean keep(final Attributes attributes) {
        if (attributes.nlink > 1) {
            linked(attributes.ino);
            return false;
        }
        return !atimeRule.readChangesAtime(attributes) && !everLinked(attributes.ino);
    }

    /** @return whether the inode ever had several names, as far as is known */
    synchronized boolean everLinked(final long ino) {
        return linked.size() >= LINKED_MAX || linked.contains(ino);
    }
}
