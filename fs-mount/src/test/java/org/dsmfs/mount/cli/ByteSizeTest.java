package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ByteSizeTest {
    private final ByteSize size = new ByteSize();

    @ParameterizedTest
    @CsvSource({"0,0", "4096,4096", "4K,4096", "4k,4096", "1M,1048576", "2G,2147483648", "1GiB,1073741824",
        "3MB,3145728", "8191P,9222246136947933184"})
    void readsNumbersWithUnits(final String text, final long bytes) {
        assertEquals(bytes, size.convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "-1", "1.5G", "1X", "1 G", "8192P", "99999999999999999999", "1iB2"})
    void refusesWhatIsNoSizeOrTooLarge(final String text) {
        assertThrows(CommandLine.TypeConversionException.class, () -> size.convert(text));
    }

    @Test
    void formatsExactlyOrWithThreeDigits() {
        assertEquals("0", ByteSize.format(0));
        assertEquals("1000", ByteSize.format(1000));
        assertEquals("64M", ByteSize.format(64 << 20));
        assertEquals("1G", ByteSize.format(1 << 30));
        assertEquals("1164K", ByteSize.format(1_192_544));
    }
}
