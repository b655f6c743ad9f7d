package org.dsmfs.mount.serving;

import java.util.concurrent.TimeUnit;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.Attributes;

/**
 * Decides whether the next read would change the access time. Then the kernel must not answer it from its cache, since
 * it leaves access times to us.
 */
public final class AtimeRule {
    private static final long DAY_SECONDS = TimeUnit.DAYS.toSeconds(1);

    private final AtimePolicy policy;

    /** @param policy of the mount */
    public AtimeRule(final AtimePolicy policy) {
        this.policy = policy;
    }

    /** @return whether any read changes access times */
    public boolean isKept() {
        return policy != AtimePolicy.NOATIME;
    }

    /** @return whether a read of the inode with these attributes would change its access time */
    public boolean readChangesAtime(final Attributes attributes) {
        return switch (policy) {
            case NOATIME -> false;
            case STRICTATIME -> true;
            case RELATIME -> !isNewer(attributes, attributes.mtimeSeconds, attributes.mtimeNanos)
                || !isNewer(attributes, attributes.ctimeSeconds, attributes.ctimeNanos)
                || attributes.atimeSeconds + DAY_SECONDS <= TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
        };
    }

    private static boolean isNewer(final Attributes attributes, final long seconds, final int nanos) {
        return attributes.atimeSeconds > seconds
            || attributes.atimeSeconds == seconds && attributes.atimeNanos > nanos;
    }
}
