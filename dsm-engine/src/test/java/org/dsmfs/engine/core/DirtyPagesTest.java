package org.dsmfs.engine.core;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DirtyPagesTest {
    private static final int SIZE = 4096;

    private final PagePool pool = new PagePool(16 * SIZE, SIZE);
    private final DirtyPages dirty = new DirtyPages();
    private final List<Page> pages = new ArrayList<>();

    private Page page() {
        final Page page = new Page(1, pages.size(), new PageMemory(pool, pool.allocate(SIZE), SIZE), 1);
        pages.add(page);
        return page;
    }

    @AfterEach
    void free() {
        pages.forEach(Page::free);
        pool.close();
    }

    @Test
    void keepsTheOrderWhateverIsRemoved() {
        for (int removed = 0; removed < 3; removed++) {
            final Page[] three = {page(), page(), page()};
            for (int i = 0; i < 3; i++) {
                dirty.add(three[i], 10 + i);
            }
            assertEquals(3 * SIZE, dirty.bytes());
            dirty.remove(three[removed]);
            assertFalse(three[removed].isDirty());
            final Page first = three[removed == 0 ? 1 : 0];
            final Page last = three[removed == 2 ? 1 : 2];
            assertSame(first, dirty.oldest());
            assertSame(last, first.newerDirty);
            assertNull(last.newerDirty);
            dirty.remove(first);
            dirty.remove(last);
            assertNull(dirty.oldest());
            assertEquals(0, dirty.bytes());
        }
    }

    @Test
    void refusesPagesOutOfOrder() {
        final Page page = page();
        dirty.add(page, 10);
        assertTrue(page.isDirty());
        assertThrows(IllegalStateException.class, () -> dirty.add(page, 11));
        final Page older = page();
        assertThrows(IllegalStateException.class, () -> dirty.add(older, 9));
        dirty.add(older, 10);
    }

    @Test
    void forgetsAll() {
        dirty.add(page(), 1);
        dirty.clear();
        assertNull(dirty.oldest());
        assertEquals(0, dirty.bytes());
    }
}
