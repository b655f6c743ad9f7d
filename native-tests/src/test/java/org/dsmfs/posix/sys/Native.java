package org.dsmfs.posix.sys;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** The loaded C library, and the way from its results to Java's. */
final class Native {
    static final LibC LIBC = load();
    static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    private Native() {
    }

    private static LibC load() {
        final String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!machine.equals("Linux amd64")) {
            throw new IllegalStateException("constants and structures here are those of Linux amd64, not " + machine);
        }
        return LibraryLoader.create(LibC.class).load("c");
    }

    static int check(final int result, final String call) {
        return (int) check((long) result, call);
    }

    static long check(final long result, final String call) {
        if (result < 0) {
            throw new PosixException(call, Errno.of(RUNTIME.getLastError()));
        }
        return result;
    }

    /** A string of bytes (one char each, ISO 8859-1) as C wants it. */
    static byte[] cString(final String bytes) {
        final byte[] encoded = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return Arrays.copyOf(encoded, encoded.length + 1);
    }
}
