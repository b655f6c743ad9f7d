package org.dsmfs.mount.jnrfuse;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.dsmfs.layout.AtimePolicy;
import org.dsmfs.layout.Attributes;
import org.junit.jupiter.api.Test;

class CacheRuleTest {
    private static Attributes readSinceLastWrite() {
        final long nowSeconds = Instant.now().getEpochSecond();
        final Attributes attributes = new Attributes();
        attributes.ino = 7;
        attributes.nlink = 1;
        attributes.mtimeSeconds = nowSeconds - 10;
        attributes.ctimeSeconds = nowSeconds - 10;
        attributes.atimeSeconds = nowSeconds - 10;
        attributes.atimeNanos = 1;
        return attributes;
    }

    @Test
    void keepsWhatIsUnchangedSinceTheLastRead() {
        assertTrue(new CacheRule(AtimePolicy.RELATIME).keep(readSinceLastWrite()));
    }

    @Test
    void readAfterAWriteMustReachUs() {
        final Attributes attributes = readSinceLastWrite();
        attributes.mtimeNanos = 1;
        assertFalse(new CacheRule(AtimePolicy.RELATIME).keep(attributes));
        assertTrue(new CacheRule(AtimePolicy.NOATIME).keep(attributes));
    }

    @Test
    void readAfterAChangeOfTheInodeMustReachUs() {
        final Attributes attributes = readSinceLastWrite();
        attributes.ctimeSeconds++;
        assertFalse(new CacheRule(AtimePolicy.RELATIME).keep(attributes));
    }

    @Test
    void readADayLaterMustReachUs() {
        final Attributes attributes = readSinceLastWrite();
        attributes.atimeSeconds -= 86_400;
        attributes.mtimeSeconds -= 90_000;
        attributes.ctimeSeconds -= 90_000;
        assertFalse(new CacheRule(AtimePolicy.RELATIME).keep(attributes));
    }

    @Test
    void everyReadMustReachUsWithStrictatime() {
        assertFalse(new CacheRule(AtimePolicy.STRICTATIME).keep(readSinceLastWrite()));
    }

    @Test
    void fileThatEverHadSeveralNamesIsNotKept() {
        final CacheRule rule = new CacheRule(AtimePolicy.NOATIME);
        final Attributes attributes = readSinceLastWrite();
        attributes.nlink = 2;
        assertFalse(rule.keep(attributes));
        attributes.nlink = 1;
        assertFalse(rule.keep(attributes));
        attributes.ino = 8;
        assertTrue(rule.keep(attributes));
        rule.linked(8);
        assertFalse(rule.keep(attributes));
    }
}
