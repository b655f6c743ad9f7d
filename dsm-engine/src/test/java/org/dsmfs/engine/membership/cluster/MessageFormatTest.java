package org.dsmfs.engine.membership.cluster;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.membership.Configuration;
import org.dsmfs.engine.membership.JoinRefusedException.Reason;
import org.dsmfs.engine.membership.View;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Command;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Done;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Join;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Joined;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Leave;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.NewView;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Refused;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Stop;
import org.dsmfs.engine.membership.cluster.ConfigurationMessage.Suspect;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MessageFormatTest {
    private static final String ID_1_2 = "00000000000000010000000000000002";
    private static final String ID_3_4 = "00000000000000030000000000000004";

    private static final Map<ConfigurationMessage, String> GOLDEN = Map.of(
        new Join(9, true, new UUID(1, 2), new UUID(3, 4), 7, 4096, "h:80"),
        "0601" + "0000000000000009" + "01" + ID_1_2 + ID_3_4 + "00000007" + "00001000" + "0004683a3830",
        new Suspect(3, 17), "0602" + "00000003" + "0000000000000011",
        new Stop(10, true), "0603" + "000000000000000a" + "01",
        new Leave(11, 2), "0604" + "000000000000000b" + "00000002",
        new Joined(12, 1, new UUID(1, 2), 4096, List.of("h:80"), view()),
        "0641" + "000000000000000c" + "00000001" + ID_1_2 + "00001000" + "01" + "0004683a3830"
            + viewBytes(),
        new Refused(13, Reason.OTHER_SPACE, "no"), "0642" + "000000000000000d" + "00000002" + "00026e6f",
        new Done(14), "0643" + "000000000000000e",
        new NewView(view()), "0644" + viewBytes());

    /** Two nodes, the second one down. */
    private static View view() {
        final Configuration configuration = new Configuration(new UUID(1, 2));
        configuration.join(new UUID(0, 1), 5, "a:1");
        configuration.join(new UUID(0, 2), 6, "b:2");
        configuration.down(1);
        return configuration.view();
    }

    private static String viewBytes() {
        return "0000000000000003" + "0002" + "0000" + "00000005" + "01" + "0000000000000001" + "03" + "613a31"
            + "0001" + "00000006" + "00" + "0000000000000002" + "03" + "623a32" + "0002" + "00000000" + "00010000";
    }

    private static ConfigurationMessage decode(final byte[] bytes) {
        return MessageFormat.decode(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    @Test
    void bytesAreFrozen() {
        GOLDEN.forEach((message, hex) -> {
            assertEquals(hex, HexFormat.of().formatHex(MessageFormat.encode(message)), message.toString());
            assertEquals(message, decode(HexFormat.of().parseHex(hex)));
        });
    }

    @Test
    void commandsOfOlderVersionsAreUnderstood() {
        GOLDEN.forEach((message, hex) -> {
            final boolean isUnderstood = message instanceof Command || message instanceof Refused;
            assertEquals(isUnderstood ? message : null, decode(HexFormat.of().parseHex("02" + hex.substring(2))));
        });
    }

    @Test
    void refusalsOfAnyVersionAreUnderstood() {
        final HexFormat hex = HexFormat.of();
        assertEquals(new Refused(13, Reason.OTHER_FORMAT, "no"),
            decode(hex.parseHex("07" + "42" + "000000000000000d" + "000000ff" + "00026e6f")));
        assertNull(decode(hex.parseHex("07" + "42" + "000000000000000d" + "000000ff" + "00026e6f" + "00")));
        assertNull(decode(hex.parseHex("07" + "43" + "000000000000000e")));
    }

    @Test
    void shortAndLongBytesAreRefused() {
        for (final ConfigurationMessage message : GOLDEN.keySet()) {
            final byte[] bytes = MessageFormat.encode(message);
            for (int length = 0; length < bytes.length; length++) {
                assertNull(MessageFormat.decode(new UnsafeBuffer(bytes), 0, length), message + " of " + length);
            }
            assertNull(decode(Arrays.copyOf(bytes, bytes.length + 1)));
        }
    }

    @Test
    void mutatedBytesDoNoHarm() {
        final Random random = new Random(3);
        final List<byte[]> seeds = GOLDEN.keySet().stream().map(MessageFormat::encode).toList();
        for (int i = 0; i < 100_000; i++) {
            final byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            decode(bytes);
            MessageFormat.joinCorrelation(new UnsafeBuffer(bytes), 0, bytes.length);
        }
    }

    @Test
    void largestViewFitsIntoAMessage() {
        final Configuration configuration = new Configuration(new UUID(1, 2));
        for (int node = 0; node < View.PARTITIONS; node++) {
            configuration.join(new UUID(0, node), 1, "node-" + node + ".cluster.example.org:10000");
        }
        assertTrue(MessageFormat.encode(new NewView(configuration.view())).length < 64 << 10);
    }
}
