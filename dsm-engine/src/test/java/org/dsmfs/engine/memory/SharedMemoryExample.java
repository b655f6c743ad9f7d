package org.dsmfs.engine.memory;

import org.agrona.concurrent.UnsafeBuffer;
import org.dsmfs.engine.Space;
import org.dsmfs.engine.SpaceConfig;
import org.dsmfs.engine.node.LocalSpace;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The space used as memory, without files: counts its own starts in a region that it finds again by its id.
 *
 * <pre>
 * mvn -q -pl dsm-engine test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java --add-opens java.base/jdk.internal.misc=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
 *     --add-opens java.base/java.lang.reflect=ALL-UNNAMED --add-exports java.base/sun.nio.ch=ALL-UNNAMED \
 *     --add-exports jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED -Dchronicle.analytics.disable=true \
 *     -cp dsm-engine/target/classes:dsm-engine/target/test-classes:$(cat dsm-engine/target/classpath) \
 *     org.dsmfs.engine.memory.SharedMemoryExample /tmp/example-store
 * </pre>
 * The second start, given the id that the first one printed, goes on where that ended:
 * {@code ... SharedMemoryExample /tmp/example-store 16}.
 */
public final class SharedMemoryExample {
    private static final int COUNTER_OFFSET = 0;
    private static final int TEXT_OFFSET = 40_000;

    private SharedMemoryExample() {
    }

    /** @param arguments directory of the store, and optionally the id of the region */
    public static void main(final String[] arguments) throws InterruptedException {
        final SpaceConfig config = new SpaceConfig(Path.of(arguments[0]), SpaceConfig.MIN_MEMORY_BYTES, 0, 0);
        try (Space space = LocalSpace.open(config)) {
            final SharedMemory memory = new SharedMemory(space);
            final Region region =
                arguments.length > 1 ? memory.open(Long.parseLong(arguments[1])) : memory.allocate(1 << 30);
            System.out.println("region " + region.id() + " of " + region.sizeBytes() + " bytes, start "
                + count(region));
            greet(region);
            space.sync();
            System.out.println("a region of 1 GiB takes " + space.status().usedBytes() + " bytes");
        }
    }

    private static long count(final Region region) throws InterruptedException {
        final UnsafeBuffer counter = new UnsafeBuffer(new byte[Long.BYTES]);
        region.lock(COUNTER_OFFSET, Long.BYTES);
        try {
            region.read(COUNTER_OFFSET, counter, 0, Long.BYTES);
            counter.putLong(0, counter.getLong(0) + 1);
            region.write(COUNTER_OFFSET, counter, 0, Long.BYTES);
        } finally {
            region.unlock(COUNTER_OFFSET, Long.BYTES);
        }
        return counter.getLong(0);
    }

    private static void greet(final Region region) {
        final byte[] text = "bytes that lie across pages are written and read at once".getBytes(StandardCharsets.UTF_8);
        region.write(TEXT_OFFSET, new UnsafeBuffer(text), 0, text.length);
        final byte[] back = new byte[text.length];
        region.read(TEXT_OFFSET, new UnsafeBuffer(back), 0, back.length);
        System.out.println(new String(back, StandardCharsets.UTF_8));
    }
}
