package org.dsmfs.mount.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * Sizes as users write them: a number, and optionally K, M, G, T or P for powers of 1024, with or without "iB" or "B".
 */
final class ByteSize implements CommandLine.ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})([KMGTP]?)(iB|B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGTP";
    private static final int BITS_PER_UNIT = 10;

    /** @throws CommandLine.TypeConversionException if it is not a size, or not below 2^63 */
    @Override
    public Long convert(final String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new CommandLine.TypeConversionException("'" + text + "' is not a size such as 512M or 2G");
        }
        final long number = Long.parseLong(matcher.group(1));
        final String unit = matcher.group(2).toUpperCase(Locale.ROOT);
        final int shift = unit.isEmpty() ? 0 : (UNITS.indexOf(unit) + 1) * BITS_PER_UNIT;
        if (number > Long.MAX_VALUE >> shift) {
            throw new CommandLine.TypeConversionException("'" + text + "' is too large");
        }
        return number << shift;
    }

    /** @return the size in a unit that keeps it exact or at least three digits long, such as 512M */
    static String format(final long bytes) {
        int unit = -1;
        long number = bytes;
        while (unit < UNITS.length() - 1 && (number >= 10_000 || number >= 1024 && (number & 1023) == 0)) {
            number >>= BITS_PER_UNIT;
            unit++;
        }
        return unit < 0 ? Long.toString(number) : number + String.valueOf(UNITS.charAt(unit));
    }
}
