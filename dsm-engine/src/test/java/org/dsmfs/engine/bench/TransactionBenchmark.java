package org.dsmfs.engine.bench;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Operation;
import org.dsmfs.engine.PageTransaction;
import org.dsmfs.engine.Segment;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.node.LocalSpace;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What transactions cost on one node, on the disk that holds the directory for temporary files. Run by
 *
 * <pre>
 * mvn -q -pl dsm-engine test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp dsm-engine/target/classes:dsm-engine/target/test-classes:$(cat dsm-engine/target/classpath) \
 *     org.dsmfs.engine.bench.TransactionBenchmark [name of one benchmark]
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {
    "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "--add-opens", "java.base/java.lang=ALL-UNNAMED",
    "--add-opens", "java.base/java.lang.reflect=ALL-UNNAMED", "--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-exports", "jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED", "-Dchronicle.analytics.disable=true",
    "-Ddsm.test.log=WARN"})
public class TransactionBenchmark {
    private static final long SMALL = Segment.of(1, 1);
    private static final long LARGE = Segment.of(Segment.LARGE_PAGES | 2, 2);
    private static final long COLD = Segment.of(Segment.LARGE_PAGES | 2, 3);
    private static final int LARGE_PAGE_BYTES = SpaceConfig.DEFAULT_DATA_PAGE_BYTES;
    private static final int PUT_BYTES = 128 << 10;
    /** Pages of the segment that does not fit into memory: 128 MiB in 32 MiB. */
    private static final int COLD_PAGES = 4096;
    private static final int SMALL_PAGES = 1000;

    private final UnsafeBuffer content = new UnsafeBuffer(new byte[PUT_BYTES]);
    private final Operation<Boolean> read = this::read;
    private final Operation<Boolean> readCold = this::readCold;
    private final Operation<Boolean> changeThree = this::changeThree;
    private final Operation<Boolean> put = this::put;
    private Path directory;
    private LocalSpace space;
    private long page;
    private long value;

    /** Makes a space with more data than memory. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory("dsm-bench");
        space = LocalSpace.open(
            new SpaceConfig(directory.resolve("store"), SpaceConfig.MIN_MEMORY_BYTES, 0, LARGE_PAGE_BYTES));
        for (int i = 0; i < COLD_PAGES; i++) {
            final long cold = i;
            space.execute(transaction -> {
                transaction.put(COLD, cold, 0, content, 0, LARGE_PAGE_BYTES);
                return null;
            });
        }
        for (page = 0; page < SMALL_PAGES; page++) {
            space.execute(changeThree);
        }
        space.sync();
    }

    /** Removes the space. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        space.close();
        try (Stream<Path> files = Files.walk(directory)) {
            final List<Path> leavesFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (final Path path : leavesFirst) {
                Files.delete(path);
            }
        }
    }

    /** One read transaction that finds its page in RAM. */
    @Benchmark
    public boolean hit() {
        page = (page + 7) % SMALL_PAGES;
        return space.execute(read);
    }

    /** One transaction that changes 8 bytes in each of three pages of 4 KiB. */
    @Benchmark
    public boolean changeOfThreePages() {
        page = (page + 7) % SMALL_PAGES;
        value++;
        return space.execute(changeThree);
    }

    /** One write of 128 KiB over whole pages. */
    @Benchmark
    public boolean putOf128KiB() {
        page = (page + 4) % COLD_PAGES;
        return space.execute(put);
    }

    /** One read transaction whose page of 32 KiB has to be read from the store (or from the kernel's page cache). */
    @Benchmark
    public boolean miss() {
        page = (page + 1031) % COLD_PAGES;
        return space.execute(readCold);
    }

    private Boolean read(final PageTransaction transaction) {
        return transaction.read(SMALL, page).getLong(8) == value;
    }

    private Boolean readCold(final PageTransaction transaction) {
        return transaction.read(COLD, page).getLong(8) == value;
    }

    private Boolean changeThree(final PageTransaction transaction) {
        transaction.write(SMALL, page).putLong(8, value);
        transaction.write(SMALL, (page + 1) % SMALL_PAGES).putLong(1000, value);
        transaction.write(SMALL, (page + 2) % SMALL_PAGES).putLong(4000, value);
        return Boolean.TRUE;
    }

    private Boolean put(final PageTransaction transaction) {
        for (int i = 0; i < PUT_BYTES / LARGE_PAGE_BYTES; i++) {
            transaction.put(LARGE, page + i, 0, content, i * LARGE_PAGE_BYTES, LARGE_PAGE_BYTES);
        }
        return Boolean.TRUE;
    }

    /** @param arguments name of a benchmark, or nothing for all */
    public static void main(final String[] arguments) throws RunnerException {
        final String name = arguments.length > 0 ? arguments[0] : "";
        new Runner(new OptionsBuilder().include(TransactionBenchmark.class.getSimpleName() + ".*" + name)
            .addProfiler(GCProfiler.class).build()).run();
    }
}
