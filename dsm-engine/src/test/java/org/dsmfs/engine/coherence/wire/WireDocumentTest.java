package org.dsmfs.engine.coherence.wire;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The table of types in docs/WIRE-FORMATS.md is what the code prints. {@code -Dwire.print=true} puts it there. */
class WireDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "WIRE-FORMATS.md");
    private static final Pattern BLOCK =
        Pattern.compile("(<!-- printed: bundle types -->\n).*?(<!-- end -->\n)", Pattern.DOTALL);
    private static final List<String> FLAGS = List.of("upgrade", "absent", "pinned", "in RAM", "on disk", "tombstone",
        "unsettled");

    @Test
    void documentIsWhatTheCodePrints() throws IOException {
        final String document = Files.readString(DOCUMENT);
        final String printed = BLOCK.matcher(document).replaceAll(
            block -> Matcher.quoteReplacement(block.group(1) + types() + block.group(2)));
        if (Boolean.getBoolean("wire.print")) {
            Files.writeString(DOCUMENT, printed);
        }
        assertEquals(printed, Files.readString(DOCUMENT));
    }

    private static String types() {
        final StringBuilder text = new StringBuilder("| code | type | stream | fields | flags |\n");
        text.append("|---|---|---|---|---|\n");
        for (final WireType type : WireType.values()) {
            text.append("| ").append(type.code()).append(" | ").append(type.title()).append(" | ")
                .append(type.stream().name().toLowerCase(Locale.ROOT)).append(type.isBulky() ? " or bulk" : "")
                .append(" | ").append(fields(type)).append(" | ")
                .append(flags(type)).append(" |\n");
        }
        return text.toString();
    }

    private static String fields(final WireType type) {
        final List<String> fields = new ArrayList<>();
        addIf(fields, type.hasState(), "state");
        addIf(fields, type.hasRequester(), "node (requester)");
        addIf(fields, type.hasOwner(), "node (owner, -1 for disk)");
        addIf(fields, type.hasAddress(), "address");
        addIf(fields, type.hasTs(), "ts");
        addIf(fields, type.hasSeq(), "seq");
        addIf(fields, type.hasVersion(), "version");
        addIf(fields, type.hasContent(), "content");
        return fields.isEmpty() ? "-" : String.join(", ", fields);
    }

    private static String flags(final WireType type) {
        final List<String> flags = new ArrayList<>();
        for (int bit = 0; bit < FLAGS.size(); bit++) {
            addIf(flags, (type.flags() & 1 << bit) != 0, FLAGS.get(bit));
        }
        return flags.isEmpty() ? "-" : String.join(", ", flags);
    }

    private static void addIf(final List<String> list, final boolean condition, final String word) {
        if (condition) {
            list.add(word);
        }
    }
}
