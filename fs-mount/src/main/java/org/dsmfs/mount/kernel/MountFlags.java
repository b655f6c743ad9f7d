package org.dsmfs.mount.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Mount options, split into those of mount(2) and those of FUSE.
 *
 * @param source     what is mounted, as mount tables show it
 * @param subtype    shown behind "fuse."
 * @param flags      MS_* of sys/mount.h
 * @param fuse       for the data argument of mount(2): allow_other, default_permissions
 * @param fusermount for fusermount3(1)'s -o
 */
record MountFlags(String source, String subtype, long flags, List<String> fuse, List<String> fusermount) {
    private static final long MS_RDONLY = 1;
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;
    private static final long MS_NOATIME = 1024;
    private static final Map<String, Long> SET = Map.of("ro", MS_RDONLY, "nosuid", MS_NOSUID, "nodev", MS_NODEV,
        "noexec", MS_NOEXEC, "noatime", MS_NOATIME);
    private static final Map<String, Long> CLEAR = Map.of("suid", MS_NOSUID, "dev", MS_NODEV, "exec", MS_NOEXEC);
    private static final String SOURCE = "fsname=";
    private static final String SUBTYPE = "subtype=";
    private static final String NON_EMPTY = "nonempty";
    static final String ALLOW_ROOT = "allow_root";

    /**
     * @param options as fuse(8) has them; a later one overrides an earlier one. nonempty is a matter of course by now,
     *                and allow_root of a mount by root what happens without allow_other
     */
    static MountFlags of(final List<String> options) {
        String source = "dsm";
        String subtype = "dsm";
        long flags = 0;
        final List<String> fuse = new ArrayList<>();
        for (final String option : options) {
            if (option.startsWith(SOURCE)) {
                source = option.substring(SOURCE.length());
            } else if (option.startsWith(SUBTYPE)) {
                subtype = option.substring(SUBTYPE.length());
            } else if (SET.containsKey(option)) {
                flags |= SET.get(option);
            } else if (CLEAR.containsKey(option)) {
                flags &= ~CLEAR.get(option);
            } else if (!option.equals(NON_EMPTY) && !fuse.contains(option)) {
                fuse.add(option);
            }
        }
        if (fuse.remove(ALLOW_ROOT)) {
            fuse.remove("allow_other");
        }
        return new MountFlags(source, subtype, flags, fuse,
            options.stream().filter(option -> !option.equals(NON_EMPTY)).toList());
    }
}
