package org.dsmfs.layout;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What is done to the content of a regular file. */
final class FileOperations {
    /** Most bytes that one {@link #copyRange} copies. */
    private static final int MAX_COPY_LENGTH = 1 << 20;
    private static final int ALLOCATE_MODES =
        FileSystem.FALLOC_KEEP_SIZE | FileSystem.FALLOC_PUNCH_HOLE | FileSystem.FALLOC_ZERO_RANGE;

    private final AccessTime accessTime;
    private final ReadAhead readAhead = new ReadAhead();

    FileOperations(final AccessTime accessTime) {
        this.accessTime = accessTime;
    }

    int read(final Run run, final long ino, final long offset, final MutableDirectBuffer target,
             final int targetIndex, final int length) {
        final int read = peek(run, ino, offset, target, targetIndex, length);
        if (length > 0) {
            accessTime.accessed(run, run.inode(ino));
        }
        return read;
    }

    int peek(final Run run, final long ino, final long offset, final MutableDirectBuffer target, final int targetIndex,
             final int length) {
        final Inode inode = run.regularFile(ino);
        if (offset < 0 || length < 0) {
            throw Errno.EINVAL.exception();
        }
        final FileContent content = new FileContent(inode);
        if (length > 0 && offset < content.size()) {
            expectNext(content, ino, offset, length);
        }
        return content.read(offset, target, targetIndex, length);
    }

    private void expectNext(final FileContent content, final long ino, final long offset, final int length) {
        final ReadAhead.Range range = readAhead.reading(ino, offset, length, content.size());
        if (range != null) {
            content.expect(range.from(), range.end());
            readAhead.asked(ino, range);
        }
    }

    int write(final Run run, final Caller caller, final long ino, final long offset, final DirectBuffer source,
              final int sourceIndex, final int length, final boolean append) {
        final Inode inode = run.regularFile(ino);
        final FileContent content = new FileContent(inode);
        final long start = append ? content.size() : offset;
        requireRange(start, length);
        Protection.requireGrowable(inode);
        if (length > 0) {
            content.write(start, source, sourceIndex, length);
            contentWritten(run, caller, inode);
        }
        return length;
    }

    long copyRange(final Run run, final Caller caller, final long sourceIno, final long sourceOffset,
                   final long targetIno, final long targetOffset, final long length) {
        final Inode source = run.regularFile(sourceIno);
        final Inode target = run.regularFile(targetIno);
        final FileContent sourceContent = new FileContent(source);
        if (sourceOffset < 0 || length < 0) {
            throw Errno.EINVAL.exception();
        }
        final long copied = Math.max(0, Math.min(length, sourceContent.size() - sourceOffset));
        requireRange(targetOffset, copied);
        Protection.requireGrowable(target);
        if (source == target && sourceOffset < targetOffset + copied && targetOffset < sourceOffset + copied) {
            throw Errno.EINVAL.exception();
        }
        if (copied == 0) {
            return 0;
        }
        final int piece = (int) Math.min(copied, MAX_COPY_LENGTH);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[piece]);
        sourceContent.read(sourceOffset, buffer, 0, piece);
        new FileContent(target).write(targetOffset, buffer, 0, piece);
        accessTime.accessed(run, source);
        contentWritten(run, caller, target);
        return piece;
    }

    /** @throws ErrnoException as {@link FileSystem#allocate} */
    static void requireAllocation(final int mode, final long offset, final long length) {
        if (offset < 0 || length <= 0) {
            throw Errno.EINVAL.exception();
        }
        if (FileContent.MAX_SIZE - offset < length) {
            throw Errno.EFBIG.exception();
        }
        final boolean punch = (mode & FileSystem.FALLOC_PUNCH_HOLE) != 0;
        final boolean contradiction = punch
            && ((mode & FileSystem.FALLOC_KEEP_SIZE) == 0 || (mode & FileSystem.FALLOC_ZERO_RANGE) != 0);
        if ((mode & ~ALLOCATE_MODES) != 0 || contradiction) {
            throw Errno.EOPNOTSUPP.exception();
        }
    }

    /**
     * Zeroes a range: its whole pages become holes, as many as one run may free.
     *
     * @param firstPage where the run before left off; 0 at first
     * @return page to go on with; {@link FileContent#DONE}
     */
    long punch(final Run run, final Caller caller, final long ino, final long offset, final long length,
               final long firstPage) {
        run.tx().useReserve();
        final Inode inode = run.regularFile(ino);
        Protection.requireChangeable(inode);
        final FileContent content = new FileContent(inode);
        final long end = offset + length;
        content.zeroEdges(offset, end);
        contentWritten(run, caller, inode);
        return inode.isMapped()
            ? content.free(Math.max(firstPage, content.firstWholePage(offset)), content.pageOf(end) - 1)
            : FileContent.DONE;
    }

    /**
     * Makes the pages of a range, as many as one run may make, and at the end the size.
     *
     * @param firstPage where the run before left off; 0 at first
     * @param freeBytes room in the space, so that what can't succeed does not fill it up first
     * @return page to go on with; {@link FileContent#DONE}
     */
    long allocate(final Run run, final Caller caller, final long ino, final boolean keepSize, final long offset,
                  final long length, final long firstPage, final long freeBytes) {
        final Inode inode = run.regularFile(ino);
        Protection.requireGrowable(inode);
        final FileContent content = new FileContent(inode);
        final long end = offset + length;
        long next = FileContent.DONE;
        if (!content.fitsInline(end)) {
            final long first = Math.max(firstPage, content.pageOf(offset));
            final long last = content.pageOf(end - 1);
            final long atLeastMissing = last - first + 1 - inode.view().pages();
            if (atLeastMissing > content.pageOf(freeBytes)) {
                throw Errno.ENOSPC.exception();
            }
            next = content.allocate(first, last);
        }
        if (next == FileContent.DONE && !keepSize && end > content.size()) {
            content.resize(end);
        }
        contentWritten(run, caller, inode);
        return next;
    }

    private static void contentWritten(final Run run, final Caller caller, final Inode inode) {
        run.contentChanged(inode);
        if (caller.uid() != 0) {
            AccessRules.dropSetId(inode);
        }
    }

    private static void requireRange(final long offset, final long length) {
        if (offset < 0 || length < 0) {
            throw Errno.EINVAL.exception();
        }
        if (FileContent.MAX_SIZE - offset < length) {
            throw Errno.EFBIG.exception();
        }
    }
}
