package org.dsmfs.posix.sys;

import static org.dsmfs.posix.sys.Native.LIBC;
import static org.dsmfs.posix.sys.Native.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a directory with getdents64(2), in batches of a size that the test chooses. */
public final class DirectoryReader implements AutoCloseable {
    /** Enough for some hundred short names. */
    public static final int USUAL_BATCH_BYTES = 32768;

    /**
     * One entry.
     *
     * @param next cookie to seek to for the entry after this one
     * @param type DT_* of readdir(3), the file type bits of the mode shifted right by 12
     */
    public record Entry(String name, long inode, long next, int type) { }

    private static final int NAME_INDEX = 19;

    private final Descriptor directory;
    private final byte[] buffer;

    public DirectoryReader(final String path, final int batchBytes) {
        this(Descriptor.open(path, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY), batchBytes);
    }

    /** Takes over the descriptor. */
    public DirectoryReader(final Descriptor directory, final int batchBytes) {
        this.directory = directory;
        this.buffer = new byte[batchBytes];
    }

    /** All names but "." and "..". */
    public static List<String> names(final String path) {
        try (DirectoryReader reader = new DirectoryReader(path, USUAL_BATCH_BYTES)) {
            return reader.rest().stream().map(Entry::name).filter(n -> !n.equals(".") && !n.equals("..")).toList();
        }
    }

    /** One system call's worth of entries; none at the end. */
    public List<Entry> batch() {
        final int length = (int) check(LIBC.getdents64(directory.number(), buffer, buffer.length), "getdents64");
        final ByteBuffer in = Posix.structure(buffer);
        final List<Entry> entries = new ArrayList<>();
        int index = 0;
        while (index < length) {
            entries.add(new Entry(name(index + NAME_INDEX), in.getLong(index), in.getLong(index + 8),
                buffer[index + 18]));
            index += in.getShort(index + 16) & 0xFFFF;
        }
        return entries;
    }

    /** All entries from here to the end. */
    public List<Entry> rest() {
        final List<Entry> entries = new ArrayList<>();
        for (List<Entry> batch = batch(); !batch.isEmpty(); batch = batch()) {
            entries.addAll(batch);
        }
        return entries;
    }

    /** Seeks to an {@link Entry#next} cookie, or to the start with 0. */
    public void seek(final long cookie) {
        directory.seek(cookie, Descriptor.SEEK_SET);
    }

    private String name(final int start) {
        int end = start;
        while (buffer[end] != 0) {
            end++;
        }
        return new String(buffer, start, end - start, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        directory.close();
    }
}
