package org.dsmfs.mount.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.dsmfs.mount.MountException;
import org.slf4j.LoggerFactory;

/** Configures logback in code, which starts faster than from a file. */
final class Logging {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0} - %msg%n";
    private static final FileSize FILE_MAX = FileSize.valueOf("10MB");
    private static final int OLD_FILES = 3;

    private Logging() {
    }

    /** Logs what is at least as severe as the level to standard error. */
    static void toStandardError(final Level level) {
        final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        final ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.err");
        start(context, appender, level);
    }

    /**
     * Logs what is at least as severe as the level to a file, which is put aside when it has 10 MB.
     *
     * @throws MountException if the file cannot be written
     */
    static void toFile(final Path file, final Level level) {
        try {
            Files.createDirectories(file.getParent());
            Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
        } catch (final IOException failure) {
            throw new MountException("cannot write the log file " + file + " (" + FileErrors.reason(failure)
                + "): choose another one with --log-file", failure);
        }
        final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        final RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setFile(file.toString());
        final FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setFileNamePattern(file + ".%i");
        rolling.setMaxIndex(OLD_FILES);
        rolling.start();
        final SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
        trigger.setContext(context);
        trigger.setMaxFileSize(FILE_MAX);
        trigger.start();
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(trigger);
        start(context, appender, level);
    }

    private static void start(final LoggerContext context, final OutputStreamAppender<ILoggingEvent> appender,
                              final Level level) {
        context.reset();
        final PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(PATTERN);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        // The libraries below log their inner life at info and debug; only ours is meant by the option.
        root.setLevel(Level.WARN);
        context.getLogger("org.dsmfs").setLevel(level);
    }
}
