package org.dsmfs.mount.jnrfuse;

import jnr.ffi.annotations.Delegate;

/**
 * The signatures in {@code struct fuse_operations}, named by their parameters: L for a pointer or 64 bits, I for 32
 * bits. Public because jnr-ffi implements them in a class loader of its own. jnr-fuse's callback types pass paths as
 * Java strings, which cannot carry every name that POSIX allows.
 */
public final class Shapes {
    private Shapes() {
    }

    /** init. */
    @FunctionalInterface
    public interface Init {
        @Delegate
        long call(long connection);
    }

    /** destroy. */
    @FunctionalInterface
    public interface Destroy {
        @Delegate
        void call(long userData);
    }

    /** unlink, rmdir. */
    @FunctionalInterface
    public interface L {
        @Delegate
        int call(long path);
    }

    /** mkdir, chmod. */
    @FunctionalInterface
    public interface LI {
        @Delegate
        int call(long path, int argument);
    }

    /** chown. */
    @FunctionalInterface
    public interface LII {
        @Delegate
        int call(long path, int first, int second);
    }

    /** mknod, create, fsync, fsyncdir. */
    @FunctionalInterface
    public interface LIL {
        @Delegate
        int call(long path, int first, long second);
    }

    /** getattr, rename, open and many others. */
    @FunctionalInterface
    public interface LL {
        @Delegate
        int call(long path, long argument);
    }

    /** flock. */
    @FunctionalInterface
    public interface LLI {
        @Delegate
        int call(long path, long first, int second);
    }

    /** readlink, fgetattr, ftruncate, listxattr. */
    @FunctionalInterface
    public interface LLL {
        @Delegate
        int call(long path, long first, long second);
    }

    /** lock. */
    @FunctionalInterface
    public interface LLIL {
        @Delegate
        int call(long path, long first, int second, long third);
    }

    /** getxattr. */
    @FunctionalInterface
    public interface LLLL {
        @Delegate
        int call(long path, long first, long second, long third);
    }

    /** setxattr. */
    @FunctionalInterface
    public interface LLLLI {
        @Delegate
        int call(long path, long first, long second, long third, int fourth);
    }

    /** read, write, readdir. */
    @FunctionalInterface
    public interface LLLLL {
        @Delegate
        int call(long path, long first, long second, long third, long fourth);
    }

    /** fallocate. */
    @FunctionalInterface
    public interface LILLL {
        @Delegate
        int call(long path, int first, long second, long third, long fourth);
    }
}
