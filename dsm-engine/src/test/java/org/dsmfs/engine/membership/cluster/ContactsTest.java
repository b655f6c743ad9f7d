package org.dsmfs.engine.membership.cluster;

import org.dsmfs.engine.EngineException;
import org.dsmfs.engine.network.aeron.Doorbell;
import org.dsmfs.engine.network.aeron.SharedDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ContactsTest {
    private static final List<String> THREE = List.of("a:1000", "b:1000", "c:1000");
    private static final SharedDriver DRIVER = new SharedDriver("x", () -> { }, new Doorbell());

    private static ClusterConfig config(final String address, final List<String> consensus) {
        return new ClusterConfig(new UUID(1, 2), new UUID(3, 4), 1, 4096, address, consensus, Path.of("x"), DRIVER,
            ClusterConfig.DEFAULT_LEASE, ClusterConfig.DEFAULT_PATIENCE);
    }

    @Test
    void memberOfTheConsensusAsksTheConsensus() {
        assertEquals(new Contacts(THREE, List.of(), true),
            Contacts.resolve(config("b:1000", THREE), List.of(), List.of("z:1"), false));
        assertEquals(new Contacts(THREE, List.of(), true),
            Contacts.resolve(config("b:1000", List.of()), THREE, List.of(), true));
    }

    @Test
    void otherNodesAskWhomTheUserNamesAndWhomTheyRemember() {
        assertEquals(new Contacts(THREE, List.of("z:1", "a:1000"), false),
            Contacts.resolve(config("d:1000", List.of()), THREE, List.of("z:1", "a:1000"), false));
        assertThrows(EngineException.class,
            () -> Contacts.resolve(config("d:1000", List.of()), List.of(), List.of(), false));
        assertThrows(EngineException.class,
            () -> Contacts.resolve(config("d:1000", List.of()), List.of(), List.of("z"), false));
    }

    @Test
    void onlyASoleMemberMayMove() {
        assertEquals(new Contacts(List.of("a:2000"), List.of(), true),
            Contacts.resolve(config("a:2000", List.of()), List.of("a:1000"), List.of(), true));
        assertThrows(EngineException.class,
            () -> Contacts.resolve(config("a:2000", List.of()), THREE, List.of(), true));
    }

    @Test
    void badConfigurationIsRefused() {
        assertThrows(EngineException.class, () -> config("a", List.of()));
        assertThrows(EngineException.class, () -> config("a:0", List.of()));
        assertThrows(EngineException.class, () -> config("a:65530", List.of()));
        assertThrows(EngineException.class, () -> config("a:1", List.of("a:1", "b:1")));
        assertThrows(EngineException.class, () -> config("a:1", List.of("a:1", "a:1", "b:1")));
        assertThrows(EngineException.class, () -> new ClusterConfig(null, new UUID(3, 4), 1, 4096, "a:1", List.of(),
            Path.of("x"), DRIVER, Duration.ofMillis(10), ClusterConfig.DEFAULT_PATIENCE));
    }

    @Test
    void endpointsAreAtFixedDistances() {
        assertEquals("0,a:1001,a:1002,a:1003,a:1004,a:1005|1,b:2001,b:2002,b:2003,b:2004,b:2005",
            ConsensusEndpoints.members(List.of("a:1000", "b:2000")));
        assertEquals("0=a:1001,1=[::1]:2001", ConsensusEndpoints.ingresses(List.of("a:1000", "[::1]:2000")));
    }

    @Test
    void consensusIsRemembered(@TempDir final Path directory) throws IOException {
        final KnownConsensus known = new KnownConsensus(directory);
        assertEquals(List.of(), known.read());
        known.write(THREE);
        assertEquals(THREE, new KnownConsensus(directory).read());
        Files.writeString(directory.resolve("consensus"), "something else\na:1\n");
        assertEquals(List.of(), known.read());
    }
}
