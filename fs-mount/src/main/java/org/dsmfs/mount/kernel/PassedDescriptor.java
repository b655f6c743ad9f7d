package org.dsmfs.mount.kernel;

import java.lang.ref.Reference;
import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.mount.os.Libc;
import org.dsmfs.mount.os.NativeMemory;

/** A descriptor that comes over a socket; unix(7), SCM_RIGHTS. */
final class PassedDescriptor {
    /** struct msghdr. */
    private static final int MESSAGE_LENGTH = 56;
    private static final int MESSAGE_IOV = 16;
    private static final int MESSAGE_IOV_COUNT = 24;
    private static final int MESSAGE_CONTROL = 32;
    private static final int MESSAGE_CONTROL_LENGTH = 40;
    /** struct iovec. */
    private static final int IOV_LENGTH = 16;
    private static final int IOV_SIZE = 8;
    /** struct cmsghdr with one descriptor. */
    private static final int CONTROL_LENGTH = 24;
    private static final int CONTROL_SIZE = 0;
    private static final int CONTROL_LEVEL = 8;
    private static final int CONTROL_TYPE = 12;
    private static final int CONTROL_DESCRIPTOR = 16;
    private static final int CONTROL_USED = 20;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private PassedDescriptor() {
    }

    /** @return the descriptor, which exec closes; -1 if the other end is closed without having passed one */
    static int receive(final int socket) {
        final UnsafeBuffer data = NativeMemory.allocate(1);
        final UnsafeBuffer vector = NativeMemory.allocate(IOV_LENGTH);
        vector.putLong(0, data.addressOffset());
        vector.putLong(IOV_SIZE, 1);
        final UnsafeBuffer control = NativeMemory.allocate(CONTROL_LENGTH);
        final UnsafeBuffer message = NativeMemory.allocate(MESSAGE_LENGTH);
        message.putLong(MESSAGE_IOV, vector.addressOffset());
        message.putLong(MESSAGE_IOV_COUNT, 1);
        message.putLong(MESSAGE_CONTROL, control.addressOffset());
        message.putLong(MESSAGE_CONTROL_LENGTH, CONTROL_LENGTH);
        final long length = Libc.INSTANCE.recvmsg(socket, message.addressOffset(), MSG_CMSG_CLOEXEC);
        // An address keeps no memory.
        Reference.reachabilityFence(data);
        Reference.reachabilityFence(vector);
        Reference.reachabilityFence(message);
        final boolean isPassed = length > 0 && control.getLong(CONTROL_SIZE) == CONTROL_USED
            && control.getInt(CONTROL_LEVEL) == SOL_SOCKET && control.getInt(CONTROL_TYPE) == SCM_RIGHTS;
        return isPassed ? control.getInt(CONTROL_DESCRIPTOR) : -1;
    }
}
