package org.dsmfs.mount.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dsmfs.mount.MountException;
import org.dsmfs.mount.os.Libc;

/** Mounts by mount(2), as only root can. */
final class SystemMounter implements Mounter {
    @Override
    public Device mount(final Path mountPoint, final MountFlags options) {
        final Device device = Device.open();
        final StringBuilder data = new StringBuilder("fd=").append(device.descriptor())
            .append(",rootmode=").append(Integer.toOctalString(mode(mountPoint))).append(",user_id=0,group_id=0");
        for (final String option : options.fuse()) {
            data.append(',').append(option);
        }
        if (Libc.INSTANCE.mount(options.source(), mountPoint.toString(), "fuse." + options.subtype(),
            options.flags(), data.toString()) != 0) {
            final String reason = Libc.lastError();
            device.close();
            throw new MountException("cannot mount on " + mountPoint + ": " + reason);
        }
        return device;
    }

    @Override
    public void unmount(final Path mountPoint) {
        Libc.INSTANCE.umount2(mountPoint.toString(), Libc.MNT_DETACH | Libc.UMOUNT_NOFOLLOW);
    }

    private static int mode(final Path mountPoint) {
        try {
            return (Integer) Files.getAttribute(mountPoint, "unix:mode");
        } catch (final IOException failure) {
            throw new MountException("cannot mount on " + mountPoint + ": " + failure.getMessage(), failure);
        }
    }
}
