package org.dsmfs.mount.kernel;

import java.nio.file.Path;

/** Mounts. */
interface Mounter {
    /**
     * Mounts a filesystem of type fuse.
     *
     * @return the device with which the mount was made; its first request is waiting
     * @throws org.dsmfs.mount.MountException in one line, why not
     */
    Device mount(Path mountPoint, MountFlags options);

    /** Takes a mount back that cannot be served, whatever its state. */
    void unmount(Path mountPoint);
}
