package org.dsmfs.layout;

/** The errors that the filesystem answers with; numbers of asm-generic/errno-base.h and errno.h (Linux). */
public enum Errno {
    EPERM(1), ENOENT(2), EINTR(4), EIO(5), E2BIG(7), EBADF(9), EAGAIN(11), EACCES(13), EEXIST(17), EXDEV(18),
    ENOTDIR(20), EISDIR(21), EINVAL(22), ENOTTY(25), EFBIG(27), ENOSPC(28), EROFS(30), EMLINK(31), ERANGE(34),
    EDEADLK(35), ENAMETOOLONG(36), ENOLCK(37), ENOSYS(38), ENOTEMPTY(39), ELOOP(40), ENODATA(61), EOVERFLOW(75),
    EOPNOTSUPP(95), ESTALE(116), ENXIO(6);

    private final int number;
    private final ErrnoException exception;

    Errno(final int number) {
        this.number = number;
        this.exception = new ErrnoException(this);
    }

    /** @return the positive number */
    public int number() {
        return number;
    }

    /** @return the exception that carries this error, to be thrown */
    public ErrnoException exception() {
        return exception;
    }
}
