package org.dsmfs.mount.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lets fstab(5), which knows only -o, give dsm-mount's own options: -o memory=2G means --memory=2G. */
final class FstabSettings {
    private static final Set<String> SETTINGS = Set.of("name", "store", "memory", "disk", "data-page", "copies",
        "listen", "join", "consensus", "key-file", "front-end", "fsync", "log-level", "log-file");

    private FstabSettings() {
    }

    /** @return the arguments with the settings among the mount options made options of their own */
    static String[] expand(final String[] arguments) {
        final List<String> expanded = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("-o") && i + 1 < arguments.length) {
                expandList(arguments[++i], expanded);
            } else if (arguments[i].startsWith("-o") && arguments[i].length() > 2) {
                expandList(arguments[i].substring(2), expanded);
            } else {
                expanded.add(arguments[i]);
            }
        }
        return expanded.toArray(String[]::new);
    }

    private static void expandList(final String list, final List<String> expanded) {
        final List<String> rest = new ArrayList<>();
        for (final String option : MountOptions.split(List.of(list))) {
            if (SETTINGS.contains(option.split("=", 2)[0]) && option.contains("=")) {
                expanded.add("--" + option);
            } else {
                rest.add(option);
            }
        }
        if (!rest.isEmpty()) {
            expanded.add("-o");
            expanded.add(String.join(",", rest));
        }
    }
}
