package org.dsmfs.mount.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void writesNestedObjectsAndEscapes() {
        final Map<String, Object> members = new LinkedHashMap<>();
        members.put("text", "a\"b\\c\n");
        members.put("number", 5L);
        members.put("flag", true);
        members.put("object", Map.of("x", 1));
        assertEquals("{\"text\": \"a\\\"b\\\\c\\u000a\", \"number\": 5, \"flag\": true, \"object\": {\"x\": 1}}",
            Json.object(members));
    }
}
