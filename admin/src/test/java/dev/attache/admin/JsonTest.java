package dev.attache.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void writesNestedValuesInOrder() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("b", List.of(1, true, "x"));
        members.put("a", Map.of());

        assertThat(Json.write(members)).isEqualTo("""
            {
             "b": [
              1,
              true,
              "x"
             ],
             "a": {}
            }
            """);
    }

    @Test
    void escapesWhatJsonDoesNotAllowInStrings() {
        assertThat(Json.write("a\"b\\c\n\u0001\ud800é")).isEqualTo("\"a\\\"b\\\\c\\n\\u0001\\ud800é\"\n");
    }
}
