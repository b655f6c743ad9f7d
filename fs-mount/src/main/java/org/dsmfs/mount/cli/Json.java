package org.dsmfs.mount.cli;

import java.util.Map;
import java.util.stream.Collectors;

/** Writes JSON (RFC 8259). */
final class Json {
    private Json() {
    }

    /** @param members strings, numbers, booleans and maps like this one */
    static String object(final Map<String, Object> members) {
        return members.entrySet().stream().map(member -> string(member.getKey()) + ": " + value(member.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
    }

    @SuppressWarnings("unchecked")
    private static String value(final Object value) {
        if (value instanceof Map<?, ?> members) {
            return object((Map<String, Object>) members);
        }
        return value instanceof String text ? string(text) : value.toString();
    }

    private static String string(final String text) {
        final StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
