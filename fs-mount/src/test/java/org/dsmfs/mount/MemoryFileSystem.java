package org.dsmfs.mount;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.dsmfs.layout.AttributeChange;
import org.dsmfs.layout.Attributes;
import org.dsmfs.layout.Caller;
import org.dsmfs.layout.Errno;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.layout.FileSystemStatus;
import org.dsmfs.layout.LockRange;

/**
 * A small filesystem in maps: enough for ordinary programs, so that a front end is tested alone. Whole-file locks
 * only; times count operations.
 */
public final class MemoryFileSystem implements FileSystem {
    private static final int S_IFMT = 0170000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFREG = 0100000;
    private static final int S_IFLNK = 0120000;
    private static final int SIZE_MAX = 16 << 20;

    private volatile long trustNs = Long.MAX_VALUE;
    private final Map<Long, Node> nodes = new HashMap<>();
    private long lastIno = ROOT;
    private long ticks;
    private UnlockListener unlockListener;
    /** Thrown by the next {@link #fsync}. */
    public RuntimeException nextFsyncFailure;
    /** Calls of {@link #fsync}. */
    public int fsyncs;
    /** Most bytes that were given to one call of {@link #write}. */
    public int longestWrite;
    /** The last caller that made something. */
    public Caller lastMaker;

    private static final class Node {
        final Attributes attributes = new Attributes();
        final Map<String, Long> entries = new TreeMap<>();
        final Map<String, byte[]> xattrs = new TreeMap<>();
        final Map<Long, Integer> posixLocks = new HashMap<>();
        final Map<Long, Integer> flocks = new HashMap<>();
        byte[] content = new byte[0];
        int opens;
    }

    public MemoryFileSystem() {
        final Node root = new Node();
        root.attributes.ino = ROOT;
        root.attributes.mode = S_IFDIR | 0755;
        root.attributes.nlink = 2;
        nodes.put(ROOT, root);
    }

    private static String key(final byte[] name) {
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    private Node node(final long ino) {
        final Node node = nodes.get(ino);
        if (node == null) {
            throw Errno.ESTALE.exception();
        }
        return node;
    }

    private Node directory(final long ino) {
        final Node node = node(ino);
        if ((node.attributes.mode & S_IFMT) != S_IFDIR) {
            throw Errno.ENOTDIR.exception();
        }
        return node;
    }

    private Node child(final long parent, final byte[] name) {
        final Long ino = directory(parent).entries.get(key(name));
        if (ino == null) {
            throw Errno.ENOENT.exception();
        }
        return node(ino);
    }

    private void copy(final Node node, final Attributes out) {
        final Attributes from = node.attributes;
        out.ino = from.ino;
        out.mode = from.mode;
        out.nlink = from.nlink;
        out.uid = from.uid;
        out.gid = from.gid;
        out.rdev = from.rdev;
        out.size = node.content.length;
        out.blocks = (node.content.length + 511) / 512;
        out.blockSize = 4096;
        out.atimeSeconds = from.atimeSeconds;
        out.atimeNanos = from.atimeNanos;
        out.mtimeSeconds = from.mtimeSeconds;
        out.mtimeNanos = from.mtimeNanos;
        out.ctimeSeconds = from.ctimeSeconds;
    }

    private Node make(final Caller caller, final long parent, final byte[] name, final int mode) {
        final Node directory = directory(parent);
        if (name.length > NAME_MAX) {
            throw Errno.ENAMETOOLONG.exception();
        }
        if (directory.entries.containsKey(key(name))) {
            throw Errno.EEXIST.exception();
        }
        final Node node = new Node();
        node.attributes.ino = ++lastIno;
        node.attributes.mode = (mode & S_IFMT) == S_IFLNK ? mode : mode & ~caller.umask();
        node.attributes.nlink = (mode & S_IFMT) == S_IFDIR ? 2 : 1;
        node.attributes.uid = caller.uid();
        node.attributes.gid = caller.gid();
        nodes.put(lastIno, node);
        directory.entries.put(key(name), lastIno);
        touch(node);
        lastMaker = caller;
        return node;
    }

    private void touch(final Node node) {
        node.attributes.mtimeSeconds = ++ticks;
        node.attributes.ctimeSeconds = ticks;
    }

    private void forget(final Node node) {
        if (node.attributes.nlink == 0 && node.opens == 0) {
            nodes.remove(node.attributes.ino);
        }
    }

    @Override
    public void lookupToOpen(final long parent, final byte[] name, final Attributes out) {
        lookup(parent, name, out);
    }

    @Override
    public synchronized void lookup(final long parent, final byte[] name, final Attributes out) {
        copy(child(parent, name), out);
    }

    @Override
    public synchronized void getAttributes(final long ino, final Attributes out) {
        copy(node(ino), out);
    }

    @Override
    public synchronized void setAttributes(final Caller caller, final long ino, final AttributeChange change,
                                           final Attributes out) {
        final Node node = node(ino);
        final Attributes attributes = node.attributes;
        if (change.setMode) {
            attributes.mode = attributes.mode & S_IFMT | change.mode;
        }
        if (change.setUid) {
            attributes.uid = change.uid;
        }
        if (change.setGid) {
            attributes.gid = change.gid;
        }
        if (change.setSize) {
            requireSmall(change.size, 0);
            node.content = Arrays.copyOf(node.content, (int) change.size);
        }
        if (change.setAtime) {
            attributes.atimeSeconds = change.atimeNow ? ++ticks : change.atimeSeconds;
            attributes.atimeNanos = change.atimeNow ? 0 : change.atimeNanos;
        }
        if (change.setMtime) {
            attributes.mtimeSeconds = change.mtimeNow ? ++ticks : change.mtimeSeconds;
            attributes.mtimeNanos = change.mtimeNow ? 0 : change.mtimeNanos;
        }
        copy(node, out);
    }

    @Override
    public synchronized void mknod(final Caller caller, final long parent, final byte[] name, final int mode,
                                   final int rdev, final Attributes out) {
        final Node node = make(caller, parent, name, mode);
        node.attributes.rdev = rdev;
        copy(node, out);
    }

    @Override
    public synchronized boolean create(final Caller caller, final long parent, final byte[] name, final int mode,
                                       final boolean exclusive, final Attributes out) {
        final boolean exists = directory(parent).entries.containsKey(key(name));
        final Node node = exists && !exclusive ? child(parent, name) : make(caller, parent, name, S_IFREG | mode);
        node.opens++;
        copy(node, out);
        return !exists;
    }

    @Override
    public void createTemporary(final Caller caller, final long parent, final int mode, final Attributes out) {
        throw Errno.EOPNOTSUPP.exception();
    }

    @Override
    public synchronized void mkdir(final Caller caller, final long parent, final byte[] name, final int mode,
                                   final Attributes out) {
        copy(make(caller, parent, name, S_IFDIR | mode), out);
        directory(parent).attributes.nlink++;
    }

    @Override
    public synchronized void symlink(final Caller caller, final long parent, final byte[] name, final byte[] target,
                                     final Attributes out) {
        final Node node = make(caller, parent, name, S_IFLNK | 0777);
        node.content = target;
        copy(node, out);
    }

    @Override
    public synchronized byte[] readlink(final long ino) {
        return node(ino).content;
    }

    @Override
    public synchronized void link(final Caller caller, final long ino, final long newParent, final byte[] newName,
                                  final Attributes out) {
        final Map<String, Long> entries = directory(newParent).entries;
        if (entries.putIfAbsent(key(newName), ino) != null) {
            throw Errno.EEXIST.exception();
        }
        node(ino).attributes.nlink++;
        copy(node(ino), out);
    }

    @Override
    public synchronized void unlink(final Caller caller, final long parent, final byte[] name) {
        final Node node = child(parent, name);
        directory(parent).entries.remove(key(name));
        node.attributes.nlink--;
        forget(node);
    }

    @Override
    public synchronized void rmdir(final Caller caller, final long parent, final byte[] name) {
        final Node node = child(parent, name);
        if (!directory(node.attributes.ino).entries.isEmpty()) {
            throw Errno.ENOTEMPTY.exception();
        }
        directory(parent).entries.remove(key(name));
        directory(parent).attributes.nlink--;
        node.attributes.nlink = 0;
        forget(node);
    }

    @Override
    public synchronized void rename(final Caller caller, final long parent, final byte[] name, final long newParent,
                                    final byte[] newName, final int flags) {
        final Node node = child(parent, name);
        directory(parent).entries.remove(key(name));
        final Long replaced = directory(newParent).entries.put(key(newName), node.attributes.ino);
        if (replaced != null) {
            node(replaced).attributes.nlink--;
            forget(node(replaced));
        }
    }

    @Override
    public synchronized void open(final long ino, final Attributes out) {
        node(ino).opens++;
        copy(node(ino), out);
    }

    @Override
    public synchronized void release(final long ino) {
        node(ino).opens--;
        forget(node(ino));
    }

    @Override
    public int peek(final long ino, final long offset, final MutableDirectBuffer target, final int targetIndex,
                    final int length) {
        return read(ino, offset, target, targetIndex, length);
    }

    @Override
    public boolean accessed(final long ino) {
        return false;
    }

    @Override
    public synchronized int read(final long ino, final long offset, final MutableDirectBuffer target,
                                 final int targetIndex, final int length) {
        final byte[] content = node(ino).content;
        requireSmall(offset, length);
        final int count = (int) Math.max(0, Math.min(length, content.length - offset));
        if (count > 0) {
            target.putBytes(targetIndex, content, (int) offset, count);
        }
        return count;
    }

    @Override
    public synchronized int write(final Caller caller, final long ino, final long offset, final DirectBuffer source,
                                  final int sourceIndex, final int length, final boolean append) {
        final Node node = node(ino);
        requireSmall(offset, length);
        longestWrite = Math.max(longestWrite, length);
        final int start = append ? node.content.length : (int) offset;
        if (start + length > node.content.length) {
            node.content = Arrays.copyOf(node.content, start + length);
        }
        source.getBytes(sourceIndex, node.content, start, length);
        touch(node);
        return length;
    }

    @Override
    public synchronized void allocate(final Caller caller, final long ino, final int mode, final long offset,
                                      final long length) {
        final Node node = node(ino);
        if (mode != 0) {
            throw Errno.EOPNOTSUPP.exception();
        }
        requireSmall(offset, length);
        node.content = Arrays.copyOf(node.content, (int) Math.max(node.content.length, offset + length));
    }

    private static void requireSmall(final long offset, final long length) {
        if (offset < 0 || offset > SIZE_MAX || length < 0 || length > SIZE_MAX) {
            throw Errno.EFBIG.exception();
        }
    }

    @Override
    public long seek(final long ino, final long offset, final boolean hole) {
        throw Errno.EINVAL.exception();
    }

    @Override
    public long copyRange(final Caller caller, final long sourceIno, final long sourceOffset, final long targetIno,
                          final long targetOffset, final long length) {
        throw Errno.EINVAL.exception();
    }

    @Override
    public synchronized void fsync(final long ino) {
        fsyncs++;
        final RuntimeException failure = nextFsyncFailure;
        nextFsyncFailure = null;
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void sync() {
    }

    @Override
    public synchronized void readDirectory(final long ino, final long cookie, final EntrySink sink) {
        long next = 0;
        for (final Map.Entry<String, Long> entry : directory(ino).entries.entrySet()) {
            next++;
            final byte[] name = entry.getKey().getBytes(StandardCharsets.ISO_8859_1);
            final Attributes attributes = node(entry.getValue()).attributes;
            if (next > cookie && !sink.entry(name, attributes.ino, attributes.mode & S_IFMT, next)) {
                return;
            }
        }
    }

    @Override
    public synchronized void setXattr(final Caller caller, final long ino, final byte[] name, final byte[] value,
                                      final int flags) {
        node(ino).xattrs.put(key(name), value);
    }

    @Override
    public synchronized byte[] getXattr(final long ino, final byte[] name) {
        final byte[] value = node(ino).xattrs.get(key(name));
        if (value == null) {
            throw Errno.ENODATA.exception();
        }
        return value;
    }

    @Override
    public synchronized byte[] listXattr(final long ino) {
        final StringBuilder names = new StringBuilder();
        node(ino).xattrs.keySet().forEach(name -> names.append(name).append('\0'));
        return names.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public synchronized void removeXattr(final Caller caller, final long ino, final byte[] name) {
        if (node(ino).xattrs.remove(key(name)) == null) {
            throw Errno.ENODATA.exception();
        }
    }

    @Override
    public synchronized void getLock(final long ino, final long owner, final LockRange range) {
        for (final Map.Entry<Long, Integer> lock : node(ino).posixLocks.entrySet()) {
            if (conflicts(lock, owner, range.type)) {
                range.type = lock.getValue();
                range.start = 0;
                range.end = Long.MAX_VALUE;
                return;
            }
        }
        range.type = LockRange.UNLOCKED;
    }

    @Override
    public synchronized boolean setLock(final long ino, final long owner, final LockRange range) {
        return set(ino, node(ino).posixLocks, owner, range.type);
    }

    @Override
    public boolean awaitLock(final long ino, final long owner, final LockRange range) {
        return setLock(ino, owner, range);
    }

    @Override
    public void stopAwaitingLock(final long ino, final long owner, final LockRange range) {
        // Waits are not known here.
    }

    @Override
    public synchronized void dropLocks(final long ino, final long owner) {
        set(ino, node(ino).posixLocks, owner, LockRange.UNLOCKED);
    }

    @Override
    public synchronized boolean setFlock(final long ino, final long owner, final int type) {
        return set(ino, node(ino).flocks, owner, type);
    }

    private boolean set(final long ino, final Map<Long, Integer> locks, final long owner, final int type) {
        if (type == LockRange.UNLOCKED) {
            if (locks.remove(owner) != null && unlockListener != null) {
                unlockListener.unlocked(ino);
            }
            return true;
        }
        if (locks.entrySet().stream().anyMatch(lock -> conflicts(lock, owner, type))) {
            return false;
        }
        locks.put(owner, type);
        return true;
    }

    private static boolean conflicts(final Map.Entry<Long, Integer> lock, final long owner, final int type) {
        return lock.getKey() != owner && (type == LockRange.WRITE || lock.getValue() == LockRange.WRITE);
    }

    @Override
    public synchronized void onUnlock(final UnlockListener listener) {
        unlockListener = listener;
    }

    @Override
    public void onRevoke(final Revoker revoker) {
        // Nobody else changes it.
    }

    @Override
    public FileSystemStatus status() {
        return new FileSystemStatus(4096, 1000, 900, 800, 700, 600, NAME_MAX);
    }

    /** @return inodes that exist */
    public synchronized int inodes() {
        return nodes.size();
    }

    @Override
    public long trustNs() {
        return trustNs;
    }

    /** @see #trustNs() */
    public void setTrustNs(final long newTrustNs) {
        trustNs = newTrustNs;
    }

    @Override
    public void tidy() {
        // Nothing is left for later.
    }

    @Override
    public void close() {
    }
}
