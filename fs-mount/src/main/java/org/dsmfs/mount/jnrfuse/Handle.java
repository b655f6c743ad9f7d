package org.dsmfs.mount.jnrfuse;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An open file description.
 *
 * @param ino        the inode
 * @param node       the kernel's number for it, as opened; 0 while it is being created
 * @param lockOwners who took POSIX or OFD locks through it and has not closed a descriptor of it since. The kernel
 *                   announces a close with the process as the owner, so at the release only the owner of OFD locks,
 *                   the description itself, is left.
 */
record Handle(long ino, long node, Set<Long> lockOwners) {
    Handle(final long ino, final long node) {
        this(ino, node, ConcurrentHashMap.newKeySet(0));
    }
}
