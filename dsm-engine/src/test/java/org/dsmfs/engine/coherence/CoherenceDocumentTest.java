package org.dsmfs.engine.coherence;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The tables and counter-examples in docs/COHERENCE.md are what the code prints. {@code -Dcoherence.print=true} puts
 * them there.
 */
@Tag("logic")
class CoherenceDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "COHERENCE.md");
    private static final Pattern BLOCK =
        Pattern.compile("(<!-- printed: (.*?) -->\n).*?(<!-- end -->\n)", Pattern.DOTALL);

    @Test
    void documentIsWhatTheCodePrints() throws IOException {
        final String document = Files.readString(DOCUMENT);
        final String printed = BLOCK.matcher(document).replaceAll(block -> Matcher.quoteReplacement(
            block.group(1) + print(block.group(2)) + block.group(3)));
        if (Boolean.getBoolean("coherence.print")) {
            Files.writeString(DOCUMENT, printed);
        }
        assertEquals(printed, Files.readString(DOCUMENT));
    }

    private static String print(final String block) {
        return switch (block) {
            case "node" -> nodeTable();
            case "responsible" -> responsibleTable();
            case "messages" -> messages();
            case "fences" -> fences();
            default -> throw new IllegalArgumentException("block " + block);
        };
    }

    private static String nodeTable() {
        final StringBuilder text = new StringBuilder("| state |");
        for (final CopyEvent event : CopyEvent.VALUES) {
            text.append(' ').append(event.title()).append(" |");
        }
        text.append("\n|---|").append("---|".repeat(CopyEvent.VALUES.length)).append('\n');
        for (final CopyState state : CopyState.VALUES) {
            text.append("| ").append(state).append(" |");
            for (final CopyEvent event : CopyEvent.VALUES) {
                text.append(' ').append(cell(CopyTable.PROTOCOL.row(state, event))).append(" |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String cell(final CopyTable.Row row) {
        if (row == null) {
            return "-";
        }
        final List<String> parts = new ArrayList<>();
        row.actions().forEach(action -> parts.add(action.title()));
        String cell = String.join(", ", parts);
        if (row.next() != row.state()) {
            cell += (cell.isEmpty() ? "" : " ") + "→ " + row.next();
        }
        if (cell.isEmpty()) {
            cell = "stay";
        }
        return cell + (row.conditions().contains(CopyTable.Condition.REPLICATED) ? " ¹" : "")
            + (row.conditions().contains(CopyTable.Condition.USED) ? " ²" : "");
    }

    private static String responsibleTable() {
        final StringBuilder text = new StringBuilder("| state | event | actions | next |\n|---|---|---|---|\n");
        for (final OwnershipTable.Row row : OwnershipTable.PROTOCOL.rows()) {
            text.append("| ").append(row.state()).append(" | ").append(row.event().title()).append(" | ")
                .append(row.actions().isEmpty() ? "-"
                    : row.actions().stream().map(OwnershipAction::title).collect(Collectors.joining("; ")))
                .append(" | ").append(row.next()).append(" |\n");
        }
        return text.toString();
    }

    private static String messages() {
        final StringBuilder text = new StringBuilder("| message | stream | data |\n|---|---|---|\n");
        for (final MessageType type : MessageType.values()) {
            text.append("| ").append(type.title()).append(" | ").append(type.stream().name().toLowerCase())
                .append("s | ").append(type.carriesData() ? "yes" : "-").append(" |\n");
        }
        return text.toString();
    }

    private static String fences() {
        return Mutant.withoutFence().parallel().map(CoherenceDocumentTest::fence).collect(Collectors.joining("\n"));
    }

    /** What happens without it though unlisted messages are refused, or else that they would have to be. */
    private static String fence(final Mutant mutant) {
        Explorer.Result found = MutantTest.find(mutant, true, MutantTest.SEARCHED);
        String harm = "";
        if (found == null) {
            found = MutantTest.find(mutant, false, MutantTest.SEARCHED);
            harm = " The table alone would refuse it; no harm was found, but an honest node would be taken for a liar.";
        }
        return "**" + mutant.name() + ".** Without: " + found.violation() + "." + harm + "\n\n"
            + found.trace().stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
    }
}
