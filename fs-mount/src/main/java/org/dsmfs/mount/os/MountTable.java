package org.dsmfs.mount.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is mounted where, as the kernel tells it; proc(5), /proc/self/mountinfo. */
public final class MountTable {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
    private static final int DEVICE_FIELD = 2;
    private static final int MOUNT_POINT_FIELD = 4;
    private static final int FIRST_OPTIONAL_FIELD = 6;

    private MountTable() {
    }

    /**
     * One mount.
     *
     * @param mountPoint absolute path
     * @param type       filesystem type, fuse.SUBTYPE for FUSE
     * @param source     what is mounted, as the filesystem calls it
     * @param device     number that its files have as their device, MAJOR:MINOR
     */
    public record Entry(String mountPoint, String type, String source, String device) {
    }

    /** @return the mounts of this process's namespace, oldest first */
    public static List<Entry> entries() {
        try {
            return parse(Files.readAllLines(MOUNTINFO, StandardCharsets.ISO_8859_1));
        } catch (final IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** @return the topmost mount on exactly this path, null if there is none */
    public static Entry find(final Path mountPoint) {
        final String wanted = mountPoint.toString();
        Entry found = null;
        for (final Entry entry : entries()) {
            if (entry.mountPoint().equals(wanted)) {
                found = entry;
            }
        }
        return found;
    }

    static List<Entry> parse(final List<String> lines) {
        final List<Entry> entries = new ArrayList<>(lines.size());
        for (final String line : lines) {
            final String[] fields = line.split(" ");
            int separator = FIRST_OPTIONAL_FIELD;
            while (!fields[separator].equals("-")) {
                separator++;
            }
            entries.add(new Entry(unescape(fields[MOUNT_POINT_FIELD]), fields[separator + 1],
                unescape(fields[separator + 2]), fields[DEVICE_FIELD]));
        }
        return entries;
    }

    /** The kernel writes space, tab, newline and backslash as a backslash and three octal digits. */
    private static String unescape(final String field) {
        if (field.indexOf('\\') < 0 && field.chars().allMatch(c -> c < 0x80)) {
            return field;
        }
        final byte[] bytes = new byte[field.length()];
        int length = 0;
        for (int i = 0; i < field.length(); i++) {
            if (field.charAt(i) == '\\') {
                bytes[length++] = (byte) Integer.parseInt(field.substring(i + 1, i + 4), 8);
                i += 3;
            } else {
                bytes[length++] = (byte) field.charAt(i);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
