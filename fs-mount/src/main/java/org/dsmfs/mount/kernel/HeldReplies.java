package org.dsmfs.mount.kernel;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Replies that are held back until something is done, or until somebody can't wait for that. Thread-safe. */
final class HeldReplies {
    private final Map<Long, Set<Held>> byInode = new HashMap<>();

    /** One reply, given once: at the latest when it is closed, unless it is withdrawn. */
    final class Held implements AutoCloseable {
        private final long ino;
        private final Runnable reply;
        private boolean isGiven;

        private Held(final long ino, final Runnable reply) {
            this.ino = ino;
            this.reply = reply;
        }

        /** On return the reply is given, by whomever. */
        synchronized void give() {
            if (!isGiven) {
                isGiven = true;
                reply.run();
            }
        }

        /** @return whether it was not given, and now never is */
        synchronized boolean withdraw() {
            final boolean isWithdrawn = !isGiven;
            isGiven = true;
            return isWithdrawn;
        }

        @Override
        public void close() {
            synchronized (byInode) {
                byInode.computeIfPresent(ino, (key, held) -> held.remove(this) && held.isEmpty() ? null : held);
            }
            give();
        }
    }

    /** Holds back the reply to a request about the inode. */
    Held hold(final long ino, final Runnable reply) {
        final Held held = new Held(ino, reply);
        synchronized (byInode) {
            byInode.computeIfAbsent(ino, key -> new HashSet<>()).add(held);
        }
        return held;
    }

    /** Gives all replies that are held back for the inode. */
    void give(final long ino) {
        final List<Held> toGive;
        synchronized (byInode) {
            toGive = List.copyOf(byInode.getOrDefault(ino, Set.of()));
        }
        toGive.forEach(Held::give);
    }
}
