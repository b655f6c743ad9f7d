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
    KERNEL("kernel", "fusermount3", List.of()) {
        @Override
        void requireLibraries() {
            // It needs none.
        }

        @Override
        Mount start(final FileSystem fileSystem, final Path mountPoint, final List<String> options,
                    final AtimePolicy atime, final Map<String, Supplier<byte[]>> reports) {
            return new KernelMount(fileSystem, mountPoint, options, atime, reports);
        }
    },
    /**
     * libfuse 2's path-based operations. Names and attributes change through this mount only, so the kernel may
     * remember them for ever; the front end excepts what libfuse would let become stale.
     */
    JNR_FUSE("jnr-fuse", "fusermount", List.of("use_ino", "big_writes", "atomic_o_trunc", "entry_timeout=1000000",
        "negative_timeout=1000000", "attr_timeout=1000000")) {
        @Override
        void requireLibraries() {
            LibFuse.load();
        }

        @Override
        Mount start(final FileSystem fileSystem, final Path mountPoint, final List<String> options,
                    final AtimePolicy atime, final Map<String, Supplier<byte[]>> reports) {
            return new MountedFileSystem(fileSystem, mountPoint, options, atime, reports);
        }
    };

    /** Linux 5.4, as thousands and ones. */
    private static final int KERNEL_VERSION_MIN = 5004;
    private static final Path HELPER_DIRECTORY = Path.of("/usr/bin");

    private final String label;
    private final String helper;
    private final List<String> options;

    /**
     * @param helper  what mounts for users other than root
     * @param options of its own, besides those of the mount
     */
    FrontEnd(final String label, final String helper, final List<String> options) {
        this.label = label;
        this.helper = helper;
        this.options = options;
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

    /** @throws MountException if the mount cannot be made */
    Mount mount(final FileSystem fileSystem, final Path mountPoint, final List<String> mountOptions,
                final AtimePolicy atime, final Map<String, Supplier<byte[]>> reports) {
        final List<String> all = new ArrayList<>(options);
        all.addAll(mountOptions);
        return start(fileSystem, mountPoint, all, atime, reports);
    }

    abstract void requireLibraries();

    abstract Mount start(FileSystem fileSystem, Path mountPoint, List<String> options, AtimePolicy atime,
                         Map<String, Supplier<byte[]>> reports);
}
