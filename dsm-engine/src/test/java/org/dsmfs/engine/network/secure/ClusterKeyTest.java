package org.dsmfs.engine.network.secure;

import org.dsmfs.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterKeyTest {
    private static final byte[] SECRET = HexFormat.of().parseHex("00112233445566778899aabbccddeeff".repeat(2));

    @TempDir
    private Path directory;

    private Path file(final String content, final String permissions) throws IOException {
        final Path file = directory.resolve("key");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    private static byte[] print(final ClusterKey key) {
        return key.hkdf().expand("print", new byte[0], 32);
    }

    @Test
    void generatedKeysAreForTheOwnerOnlyAndDiffer() throws IOException {
        final Path file = directory.resolve("a");
        final ClusterKey key = ClusterKey.generate(file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertArrayEquals(print(key), print(ClusterKey.load(file)));
        assertFalse(Arrays.equals(print(key), print(ClusterKey.generate(directory.resolve("b")))));
    }

    @Test
    void generateNeverReplacesAFile() throws IOException {
        final Path file = file("precious", "rw-------");
        final EngineException e = assertThrows(EngineException.class, () -> ClusterKey.generate(file));
        assertTrue(e.getMessage().contains("exists"), e.getMessage());
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void hexadecimalAndBase64AreTheSameKey() throws IOException {
        final byte[] expected = print(new ClusterKey(SECRET));
        assertArrayEquals(expected, print(ClusterKey.load(file(HexFormat.of().formatHex(SECRET) + "\n", "rw-------"))));
        assertArrayEquals(expected,
            print(ClusterKey.load(file(" " + Base64.getEncoder().encodeToString(SECRET), "r--------"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw--w----", "rw----r--", "rw-----w-", "rw------x"})
    void filesOpenToOthersAreRefused(final String permissions) throws IOException {
        final Path file = file(HexFormat.of().formatHex(SECRET), permissions);
        final EngineException e = assertThrows(EngineException.class, () -> ClusterKey.load(file));
        assertTrue(e.getMessage().endsWith("chmod 600 " + file), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00112233", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg", "AAAA="})
    void filesWithoutAKeyAreRefusedAndNotQuoted(final String content) throws IOException {
        final Path file = file(content, "rw-------");
        final EngineException e = assertThrows(EngineException.class, () -> ClusterKey.load(file));
        assertTrue(e.getMessage().contains("holds no key"), e.getMessage());
        assertTrue(content.isEmpty() || !e.getMessage().contains(content), e.getMessage());
    }

    @Test
    void aFileThatIsTooLongIsNotRead() throws IOException {
        final Path file = file("0".repeat(1 << 20), "rw-------");
        assertThrows(EngineException.class, () -> ClusterKey.load(file));
    }

    @Test
    void aMissingFileIsNamed() {
        final Path file = directory.resolve("none");
        final EngineException e = assertThrows(EngineException.class, () -> ClusterKey.load(file));
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }
}
