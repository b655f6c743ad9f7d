package org.dsmfs.mount.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.dsmfs.engine.SharingStatus;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceStatus;
import org.dsmfs.engine.membership.Member;
import org.dsmfs.engine.membership.View;
import org.dsmfs.layout.FileSystem;
import org.dsmfs.layout.FileSystemStatus;
import org.dsmfs.layout.page.PageKind;

/** What {@code dsm status} shows; names end in their unit. */
final class StatusReport {
    /** Extended attribute that reads as the report in lines. */
    static final String TEXT_XATTR = "dsm.status";
    /** Extended attribute that reads as the report in one JSON object. */
    static final String JSON_XATTR = "dsm.status.json";

    private final MountSettings settings;
    private final Space space;
    private final FileSystem fileSystem;
    private final long startedNs = System.nanoTime();

    StatusReport(final MountSettings settings, final Space space, final FileSystem fileSystem) {
        this.settings = settings;
        this.space = space;
        this.fileSystem = fileSystem;
    }

    /** @return the extended attributes of the root directory through which the report is read, by name */
    Map<String, Supplier<byte[]>> attributes() {
        return Map.of(
            TEXT_XATTR, () -> text(values()).getBytes(StandardCharsets.UTF_8),
            JSON_XATTR, () -> Json.object(values()).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(final Map<String, Object> values) {
        final StringBuilder text = new StringBuilder();
        values.forEach((key, value) -> {
            if (value instanceof Map<?, ?> members) {
                members.forEach((kind, count) -> text.append(line(key + "." + kind, count)));
            } else {
                text.append(line(key, value));
            }
        });
        return text.toString();
    }

    private static String line(final String key, final Object value) {
        return String.format("%-24s %s%n", key, shown(key, value));
    }

    private static Object shown(final String key, final Object value) {
        if (value instanceof Map<?, ?> members) {
            return members.entrySet().stream().map(Object::toString).collect(Collectors.joining(" "));
        }
        return key.endsWith("Bytes") ? ByteSize.format((Long) value) + " (" + value + ")" : value;
    }

    private Map<String, Object> values() {
        final SpaceStatus status = space.status();
        final FileSystemStatus files = fileSystem.status();
        final Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", settings.name());
        values.put("mountPoint", settings.mountPoint().toString());
        values.put("store", settings.space().store().toString());
        values.put("log", settings.logFile() == null ? "standard error" : settings.logFile().toString());
        values.put("version", new Version().getVersion()[0]);
        values.put("pid", ProcessHandle.current().pid());
        values.put("uptimeSeconds", Duration.ofNanos(System.nanoTime() - startedNs).toSeconds());
        values.put("readOnly", settings.options().readOnly());
        values.put("capacityBytes", status.capacityBytes());
        values.put("usedBytes", status.usedBytes());
        values.put("reservedBytes", status.reservedBytes());
        values.put("inodesUsed", files.files() - files.filesFree());
        values.put("dataPageBytes", (long) space.largePageSize());
        values.put("pagesByKind", pagesByKind(status));
        values.put("memoryLimitBytes", status.memoryLimitBytes());
        values.put("memoryUsedBytes", status.memoryUsedBytes());
        values.put("cacheHits", status.hits());
        values.put("cacheMisses", status.misses());
        values.put("cacheHitRate", ratio(status.hits(), status.hits() + status.misses()));
        values.put("journalBytes", status.journalBytes());
        values.put("journalLimitBytes", status.journalLimitBytes());
        values.put("journalEndLsn", status.lsn());
        values.put("journalDurableLsn", status.durableLsn());
        values.put("checkpoints", status.checkpoints());
        values.put("newestPageVersion", status.version());
        space.neighbours().status().ifPresent(sharing -> addSharing(sharing, values));
        return values;
    }

    private void addSharing(final SharingStatus sharing, final Map<String, Object> values) {
        values.put("node", (long) space.neighbours().node());
        values.put("state", sharing.waitingFor().isEmpty() ? "serving" : "waiting for " + sharing.waitingFor());
        values.put("epoch", sharing.view().epoch());
        values.put("members", members(sharing.view()));
        values.put("copies", sharing.copies());
        values.put("copiesOwned", sharing.ownedCopies());
        values.put("pagesOthersMayHave", sharing.sharedPages());
        values.put("pagesDelegated", sharing.delegatedPages());
        values.put("operations", sharing.operations());
        values.put("operationsThatWaited", sharing.waitedOperations());
        final long messages = sharing.messagesSent().values().stream().mapToLong(Long::longValue).sum();
        values.put("messagesPerOperation", ratio(messages, sharing.operations()));
        values.put("messages", sharing.messagesSent());
    }

    /** @return what is known of each member, by its number */
    private static Map<String, Object> members(final View view) {
        final Map<String, Object> members = new LinkedHashMap<>();
        for (final Member member : view.members()) {
            final Map<String, Object> values = new LinkedHashMap<>();
            values.put("address", member.address());
            values.put("state", member.isUp() ? "up" : "down");
            values.put("incarnation", member.incarnation());
            values.put("partitionsHome", Collections.frequency(view.homes(), member.node()));
            values.put("partitionsResponsible", Collections.frequency(view.partitions(), member.node()));
            members.put(Integer.toString(member.node()), values);
        }
        return members;
    }

    /** @return the ratio with three decimals; 0 of nothing */
    private static BigDecimal ratio(final long part, final long whole) {
        return BigDecimal.valueOf(part).divide(BigDecimal.valueOf(Math.max(1, whole)), 3, RoundingMode.HALF_UP);
    }

    private static Map<String, Object> pagesByKind(final SpaceStatus status) {
        final Map<String, Object> pages = new LinkedHashMap<>();
        new TreeMap<>(status.pagesByKind()).forEach((kind, count) -> pages.put(name(kind), count));
        return pages;
    }

    private static String name(final int code) {
        for (final PageKind kind : PageKind.values()) {
            if (kind.code() == code) {
                return kind.name().toLowerCase(Locale.ROOT);
            }
        }
        return String.format("engine-%02x", code);
    }
}
