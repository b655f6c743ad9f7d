package org.dsmfs.posix.sys;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One of the mounts that show the same filesystem. System calls by path take the mounts by turns, each call the next
 * one, once {@link #alternate} has named them; before that, and between {@link #pause} and {@link #resume}, paths go to
 * the kernel as they are. Calls on an open descriptor stay on the mount where it was opened.
 */
public final class Mount {
    private static final AtomicInteger CALLS = new AtomicInteger();
    private static volatile List<Mount> mounts = List.of(new Mount("", ""));
    private static volatile boolean paused;

    private final String first;
    private final String directory;

    private Mount(final String first, final String directory) {
        this.first = first;
        this.directory = directory;
    }

    /**
     * Lets calls alternate between directories that show the same.
     *
     * @param directories real paths, all of one length, as tests of the longest path need; tests name only the first
     */
    public static void alternate(final List<String> directories) {
        final String first = directories.get(0);
        if (directories.stream().anyMatch(directory -> directory.length() != first.length())) {
            throw new IllegalArgumentException("paths of different lengths: " + directories);
        }
        mounts = directories.stream().map(directory -> new Mount(first, directory)).toList();
    }

    /** Lets all calls take the paths that tests name. */
    public static void pause() {
        paused = true;
    }

    public static void resume() {
        paused = false;
    }

    /** The mount for the next call. */
    public static Mount next() {
        return mounts.get(paused ? 0 : Math.floorMod(CALLS.getAndIncrement(), mounts.size()));
    }

    /** The path, if it is below the first of the directories, as it is on this mount. */
    public String path(final String path) {
        final boolean isBelow = path.startsWith(first)
            && (path.length() == first.length() || path.charAt(first.length()) == '/');
        return isBelow ? directory + path.substring(first.length()) : path;
    }

    byte[] pathname(final String path) {
        return Native.cString(path(path));
    }
}
