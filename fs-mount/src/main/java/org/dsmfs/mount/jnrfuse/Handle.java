package org.dsmfs.mount.jnrfuse;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An open file description.
 *
 * @param ino        the inode
 * @param lockOwners who took POSIX or OFD locks through it and has not closed a descriptor of it since. The kernel
 *                   announces a close with the process as the owner, so at the release only the owner of OFD locks,
 *                   the description itself, is left.
 */
record Handle(long ino, Set<Long> lockOwners) {
    Handle(final long ino) {
        this(ino, ConcurrentHashMap.newKeySet(0));
    }
}
