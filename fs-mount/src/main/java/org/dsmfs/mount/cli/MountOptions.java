package org.dsmfs.mount.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.mount.MountException;

/**
 * The usual mount options, as mount(8) and fstab(5) have them.
 *
 * @param readOnly    ro
 * @param atime       relatime, noatime or strictatime
 * @param fuseOptions what libfuse is to be told of the others
 */
record MountOptions(boolean readOnly, AtimePolicy atime, List<String> fuseOptions) {
    /** Handed to libfuse as they are; a later one overrides an earlier one. */
    private static final Set<String> FOR_FUSE = Set.of("suid", "nosuid", "dev", "nodev", "exec", "noexec",
        "allow_other", "allow_root", "nonempty");
    /** For mount(8) itself, or what happens anyway. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("defaults", "auto", "noauto", "nofail", "_netdev",
        "user", "nouser", "users", "owner", "group", "async", "default_permissions", "atime", "diratime");
    private static final List<String> WITHOUT_EFFECT_PREFIXES = List.of("x-", "X-", "comment=");

    /**
     * @param lists as given with -o, comma-separated
     * @throws MountException naming an unknown option
     */
    static MountOptions parse(final List<String> lists) {
        boolean readOnly = false;
        AtimePolicy atime = AtimePolicy.RELATIME;
        final List<String> fuseOptions = new ArrayList<>();
        for (final String option : split(lists)) {
            switch (option) {
                case "ro" -> readOnly = true;
                case "rw" -> readOnly = false;
                case "relatime", "norelatime" -> atime = AtimePolicy.RELATIME;
                case "noatime" -> atime = AtimePolicy.NOATIME;
                case "strictatime" -> atime = AtimePolicy.STRICTATIME;
                default -> {
                    if (FOR_FUSE.contains(option) || isSourceName(option)) {
                        fuseOptions.add(option);
                    } else if (!hasNoEffect(option)) {
                        throw new MountException("unknown mount option '" + option
                            + "' (-o); dsm-mount(8) lists the known ones");
                    }
                }
            }
        }
        if (readOnly) {
            fuseOptions.add("ro");
        }
        if (atime == AtimePolicy.NOATIME) {
            fuseOptions.add("noatime");
        }
        return new MountOptions(readOnly, atime, List.copyOf(fuseOptions));
    }

    /** @return the single options of the lists */
    static List<String> split(final List<String> lists) {
        final List<String> options = new ArrayList<>();
        for (final String list : lists) {
            for (final String option : list.split(",")) {
                if (!option.isEmpty()) {
                    options.add(option);
                }
            }
        }
        return options;
    }

    private static boolean isSourceName(final String option) {
        return option.startsWith("fsname=");
    }

    private static boolean hasNoEffect(final String option) {
        return WITHOUT_EFFECT.contains(option) || WITHOUT_EFFECT_PREFIXES.stream().anyMatch(option::startsWith);
    }
}
