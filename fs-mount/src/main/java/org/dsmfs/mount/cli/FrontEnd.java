package org.dsmfs.mount.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.mount.Mount;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.jnrfuse.LibFuse;
import org.dsmfs.mount.jnrfuse.MountedFileSystem;
import org.dsmfs.mount.kernel.KernelMount;
import org.dsmfs.mount.os.Libc;

/** The ways to talk to the kernel. */
enum FrontEnd {
    /** The protocol of /dev/fuse, 7.31 or later. */
    KERNEL("kernel", "fusermount3") {
        @Override
        void requireLibraries() {
            // It needs none.
        }

        @Override
        Mount mount(final FileSystem fileSystem, final Path mountPoint, final List<String> options,
                    final AtimePolicy atime, final boolean isShared, final Map<String, Supplier<byte[]>> reports) {
            return new KernelMount(fileSystem, mountPoint, options, atime, isShared, reports);
        }
    },
    /**
     * libfuse 2's path-based operations. What changes through this mount only the kernel may remember for ever; the
     * front end excepts what libfuse would let become stale. What other nodes change too it must not remember at all,
     * since libfuse cannot take it back.
     */
    JNR_FUSE("jnr-fuse", "fusermount") {
        private static final List<String> OPTIONS = List.of("use_ino", "big_writes", "atomic_o_trunc");
        private static final List<String> OPTIONS_ALONE =
            List.of("entry_timeout=1000000", "negative_timeout=1000000", "attr_timeout=1000000");
        private static final List<String> OPTIONS_SHARED =
            List.of("entry_timeout=0", "negative_timeout=0", "attr_timeout=0", "direct_io");

        @Override
        void requireLibraries() {
            LibFuse.load();
        }

        @Override
        Mount mount(final FileSystem fileSystem, final Path mountPoint, final List<String> options,
                    final AtimePolicy atime, final boolean isShared, final Map<String, Supplier<byte[]>> reports) {
            final List<String> all = new ArrayList<>(OPTIONS);
            all.addAll(isShared ? OPTIONS_SHARED : OPTIONS_ALONE);
            all.addAll(options);
            return new MountedFileSystem(fileSystem, mountPoint, all, atime, reports);
        }
    };

    /** Linux 5.4, as thousands and ones. */
    private static final int KERNEL_VERSION_MIN = 5004;
    private static final Path HELPER_DIRECTORY = Path.of("/usr/bin");

    private final String label;
    private final String helper;

    /** @param helper what mounts for users other than root */
    FrontEnd(final String label, final String helper) {
        this.label = label;
        this.helper = helper;
    }

    /** @return the one that this computer's kernel allows and that does most */
    static FrontEnd preferred() {
        return preferred(System.getProperty("os.version"));
    }

    /** @param kernelRelease such as 6.1.0-32-amd64 */
    static FrontEnd preferred(final String kernelRelease) {
        final String[] parts = kernelRelease.split("\\D+");
        final int version = Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
        return version >= KERNEL_VERSION_MIN ? KERNEL : JNR_FUSE;
    }

    /** @throws MountException if there is none of that name */
    static FrontEnd of(final String label) {
        for (final FrontEnd frontEnd : values()) {
            if (frontEnd.label.equals(label)) {
                return frontEnd;
            }
        }
        throw new MountException("--front-end: unknown front end '" + label + "'; known: "
            + Arrays.stream(values()).map(frontEnd -> frontEnd.label).collect(Collectors.joining(", ")));
    }

    /** @throws MountException naming what this computer lacks */
    void require() {
        FuseDevice.require();
        if (Libc.INSTANCE.geteuid() != 0 && !Files.isExecutable(HELPER_DIRECTORY.resolve(helper))) {
            throw new MountException(helper + " is not installed, without which only root can mount: "
                + "apt-get install fuse3");
        }
        requireLibraries();
    }

    abstract void requireLibraries();

    /**
     * Mounts and begins to serve.
     *
     * @param options  of fuse(8), besides those of the front end's own
     * @param isShared whether other nodes may change the filesystem, now or later
     * @param reports  as {@link KernelMount} takes them
     * @throws MountException if the mount cannot be made
     */
    abstract Mount mount(FileSystem fileSystem, Path mountPoint, List<String> options, AtimePolicy atime,
                         boolean isShared, Map<String, Supplier<byte[]>> reports);
}
