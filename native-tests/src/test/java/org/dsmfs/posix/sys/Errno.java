package org.dsmfs.posix.sys;

/** Linux error numbers, errno(3), that tests expect. */
public enum Errno {
    EPERM(1), ENOENT(2), EINTR(4), EIO(5), ENXIO(6), E2BIG(7), EBADF(9), EAGAIN(11), EACCES(13), EFAULT(14),
    EBUSY(16), EEXIST(17), EXDEV(18), ENODEV(19), ENOTDIR(20), EISDIR(21), EINVAL(22), ENOTTY(25), ETXTBSY(26),
    EFBIG(27), ENOSPC(28), ESPIPE(29), EROFS(30), EMLINK(31), ERANGE(34), EDEADLK(35), ENAMETOOLONG(36), ENOSYS(38),
    ENOTEMPTY(39), ELOOP(40), ENODATA(61), EOVERFLOW(75), EOPNOTSUPP(95), ESTALE(116);

    private final int number;

    Errno(final int number) {
        this.number = number;
    }

    /** The constant of an error number; an unnamed one is a failure of the test. */
    public static Errno of(final int number) {
        for (final Errno errno : values()) {
            if (errno.number == number) {
                return errno;
            }
        }
        throw new AssertionError("unexpected error number " + number);
    }
}
