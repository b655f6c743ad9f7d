package org.dsmfs.mount.kernel;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;
import org.dsmfs.mount.os.StandardError;
import org.dsmfs.mount.os.StringVector;

/** Mounts through fusermount3(1), as users other than root must. It hands the device back over a socket. */
final class FusermountMounter implements Mounter {
    private static final String PROGRAM = "fusermount3";
    /** Tells fusermount3 the descriptor of its end of the socket. */
    private static final String SOCKET_VARIABLE = "_FUSE_COMMFD";
    private static final int CHILD_SOCKET = 3;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    /** glibc's posix_spawn_file_actions_t, with room to spare. */
    private static final int FILE_ACTIONS_LENGTH = 256;

    @Override
    public Device mount(final Path mountPoint, final MountFlags options) {
        if (options.fusermount().contains(MountFlags.ALLOW_ROOT)) {
            throw failed(mountPoint, "allow_root is for mounts by root; use allow_other, or --front-end=jnr-fuse");
        }
        final UnsafeBuffer sockets = NativeMemory.allocate(2 * Integer.BYTES);
        if (Libc.INSTANCE.socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.addressOffset()) != 0) {
            throw failed(mountPoint, Libc.lastError());
        }
        final int ours = sockets.getInt(0);
        final int theirs = sockets.getInt(Integer.BYTES);
        try {
            final StandardError.Captured<Integer> attempt =
                StandardError.capture(() -> receiveDevice(ours, theirs, mountPoint, options));
            if (attempt.result() < 0) {
                throw failed(mountPoint, attempt.oneLine());
            }
            return new Device(attempt.result());
        } finally {
            Libc.INSTANCE.close(ours);
        }
    }

    private static MountException failed(final Path mountPoint, final String reason) {
        return new MountException("cannot mount on " + mountPoint + ": " + reason);
    }

    /** @return the descriptor; negative if there is none, which fusermount3 has explained on standard error */
    private static int receiveDevice(
        final int ours, final int theirs, final Path mountPoint, final MountFlags options) {
        final int pid;
        try {
            pid = spawn(theirs, "-o", String.join(",", options.fusermount()), "--", mountPoint.toString());
        } finally {
            Libc.INSTANCE.close(theirs);
        }
        final int device = PassedDescriptor.receive(ours);
        Libc.INSTANCE.waitpid(pid, 0, 0);
        return device;
    }

    @Override
    public void unmount(final Path mountPoint) {
        final int noSocket = 0;
        Libc.INSTANCE.waitpid(spawn(noSocket, "-u", "-z", "-q", "--", mountPoint.toString()), 0, 0);
    }

    /** @return the process */
    private static int spawn(final int socket, final String... options) {
        final List<String> words = new ArrayList<>(List.of(options));
        words.add(0, PROGRAM);
        final StringVector arguments = new StringVector(words);
        final List<String> variables = new ArrayList<>();
        System.getenv().forEach((name, value) -> variables.add(name + "=" + value));
        variables.add(SOCKET_VARIABLE + "=" + CHILD_SOCKET);
        final StringVector environment = new StringVector(variables);
        final UnsafeBuffer actions = NativeMemory.allocate(FILE_ACTIONS_LENGTH);
        final UnsafeBuffer pid = NativeMemory.allocate(Integer.BYTES);
        Libc.INSTANCE.posix_spawn_file_actions_init(actions.addressOffset());
        try {
            Libc.INSTANCE.posix_spawn_file_actions_adddup2(actions.addressOffset(), socket, CHILD_SOCKET);
            Libc.INSTANCE.posix_spawn_file_actions_addclosefrom_np(actions.addressOffset(), CHILD_SOCKET + 1);
            final int errno = Libc.INSTANCE.posix_spawnp(pid.addressOffset(), PROGRAM, actions.addressOffset(), 0,
                arguments.address(), environment.address());
            if (errno != 0) {
                throw new MountException("cannot run " + PROGRAM + ": " + Libc.INSTANCE.strerror(errno));
            }
            return pid.getInt(0);
        } finally {
            Libc.INSTANCE.posix_spawn_file_actions_destroy(actions.addressOffset());
            // An address keeps no memory.
            Reference.reachabilityFence(actions);
            Reference.reachabilityFence(arguments);
            Reference.reachabilityFence(environment);
        }
    }
}
