package org.dsmfs.engine.core;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

class AddressTableTest {
    private static final class Item extends AddressTable.Entry {
        private Item(final long segment, final long page) {
            this.segment = segment;
            this.page = page;
        }
    }

    private final AddressTable<Item> table = new AddressTable<>();

    @Test
    void isAsAMapThroughGrowthAndRemoval() {
        final Random random = new Random(1);
        final Map<List<Long>, Item> model = new HashMap<>();
        final List<Item> items = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (!items.isEmpty() && random.nextInt(3) == 0) {
                final Item item = items.remove(random.nextInt(items.size()));
                table.remove(item);
                model.remove(List.of(item.segment, item.page));
            } else {
                final long segment = random.nextInt(50);
                final long page = random.nextInt(500);
                if (!model.containsKey(List.of(segment, page))) {
                    final Item item = new Item(segment, page);
                    table.add(item);
                    items.add(item);
                    model.put(List.of(segment, page), item);
                }
            }
        }
        for (long segment = 0; segment < 50; segment++) {
            for (long page = 0; page < 500; page++) {
                assertSame(model.get(List.of(segment, page)), table.get(segment, page));
            }
        }
    }

    @Test
    void removesOnlyWhatIsThere() {
        final Item item = new Item(1, 2);
        assertThrows(IllegalStateException.class, () -> table.remove(item));
        table.add(item);
        assertThrows(IllegalStateException.class, () -> table.remove(new Item(1, 2)));
        table.remove(item);
        assertNull(table.get(1, 2));
    }
}
