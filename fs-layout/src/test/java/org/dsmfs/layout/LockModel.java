package org.dsmfs.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What locks do, in the simplest way: each owner has a type of lock on each of the first bytes of a file, and one more
 * for flock. A node's locks on a file last as long as the file is open there.
 */
final class LockModel {
    /** Locks reach to here at most. */
    static final int BYTES = 8;

    private static final int FLOCK = BYTES;
    private static final byte NONE = LockRange.UNLOCKED;

    private final Map<File, Integer> opens = new HashMap<>();
    private final Map<Owner, byte[]> locks = new HashMap<>();
    /** By owner whose node was down: which of the locks may be lost without its knowing. */
    private final Map<Owner, boolean[]> doubtful = new HashMap<>();

    /** A file as a node sees it: what others take from a node that is down they take file by file. */
    record File(int node, long ino) {
    }

    private record Owner(File file, long owner) {
    }

    LockModel copy() {
        final LockModel copy = new LockModel();
        doubtful.forEach((owner, bytes) -> copy.doubtful.put(owner, bytes.clone()));
        copy.opens.putAll(opens);
        locks.forEach((owner, types) -> copy.locks.put(owner, types.clone()));
        return copy;
    }

    void opened(final int node, final long ino) {
        opens.merge(new File(node, ino), 1, Integer::sum);
    }

    boolean isOpen(final int node, final long ino) {
        return opens.containsKey(new File(node, ino));
    }

    void released(final int node, final long ino) {
        final File file = new File(node, ino);
        if (opens.merge(file, -1, (count, less) -> count + less > 0 ? count + less : null) == null) {
            locks.keySet().removeIf(owner -> owner.file.equals(file));
            doubtful.keySet().removeIf(owner -> owner.file.equals(file));
        }
    }

    void crash(final int node) {
        opens.keySet().removeIf(file -> file.node == node);
        locks.keySet().removeIf(owner -> owner.file.node == node);
        doubtful.keySet().removeIf(owner -> owner.file.node == node);
    }

    void down(final int node) {
        locks.forEach((owner, types) -> {
            if (owner.file.node == node) {
                final boolean[] bytes = doubtful.computeIfAbsent(owner, key -> new boolean[BYTES + 1]);
                for (int i = 0; i < types.length; i++) {
                    bytes[i] |= types[i] != NONE;
                }
            }
        });
    }

    /** @return files of which locks may be lost */
    List<File> doubtful() {
        return doubtful.keySet().stream().map(Owner::file).distinct()
            .sorted(Comparator.comparingLong(File::ino).thenComparingInt(File::node)).toList();
    }

    /** The locks that were held when the node was down, and not taken again since, are lost. */
    void dropDoubtful(final File file) {
        doubtful.forEach((owner, bytes) -> {
            if (owner.file.equals(file)) {
                for (int i = 0; i < bytes.length; i++) {
                    locks.get(owner)[i] = bytes[i] ? NONE : locks.get(owner)[i];
                }
            }
        });
        doubtful.keySet().removeIf(owner -> owner.file.equals(file));
    }

    /** @param end exclusive */
    boolean isFree(final int node, final long ino, final long owner, final int type, final int start, final int end) {
        if (type == LockRange.UNLOCKED) {
            return true;
        }
        final Owner asking = new Owner(new File(node, ino), owner);
        for (final Map.Entry<Owner, byte[]> entry : locks.entrySet()) {
            if (entry.getKey().file.ino == ino && !entry.getKey().equals(asking)) {
                for (int i = start; i < end; i++) {
                    final byte held = entry.getValue()[i];
                    if (held == LockRange.WRITE || held == LockRange.READ && type == LockRange.WRITE) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    boolean isFlockFree(final int node, final long ino, final long owner, final int type) {
        return isFree(node, ino, owner, type, FLOCK, FLOCK + 1);
    }

    /** @param end exclusive */
    void set(final int node, final long ino, final long owner, final int type, final int start, final int end) {
        final byte[] types = locks.computeIfAbsent(new Owner(new File(node, ino), owner), key -> {
            final byte[] none = new byte[BYTES + 1];
            Arrays.fill(none, NONE);
            return none;
        });
        Arrays.fill(types, start, end, (byte) type);
        final boolean[] bytes = doubtful.get(new Owner(new File(node, ino), owner));
        if (bytes != null) {
            Arrays.fill(bytes, start, end, false);
        }
    }

    void setFlock(final int node, final long ino, final long owner, final int type) {
        set(node, ino, owner, type, FLOCK, FLOCK + 1);
    }

    @Override
    public String toString() {
        final List<String> lines = new ArrayList<>();
        locks.forEach((owner, types) -> {
            for (final byte type : types) {
                if (type != NONE) {
                    lines.add(owner + " " + Arrays.toString(types));
                    return;
                }
            }
        });
        lines.sort(null);
        final List<String> doubts = new ArrayList<>();
        doubtful.forEach((owner, bytes) -> doubts.add(owner + " " + Arrays.toString(bytes)));
        doubts.sort(null);
        return opens.size() + " open " + opens.hashCode() + ", locks " + lines + ", doubtful " + doubts;
    }
}
