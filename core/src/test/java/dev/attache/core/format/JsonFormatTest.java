package dev.attache.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.LogFormat;
import dev.attache.core.config.LogFormat.JsonValue;
import dev.attache.core.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class JsonFormatTest {

    private final Exchange exchange = Exchange.begin();

    private static JsonValue.Members object(Object... keysAndValues) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Object value = keysAndValues[i + 1];
            members.put(
                    (String) keysAndValues[i],
                    value instanceof JsonValue json ? json : new JsonValue.Template((String) value));
        }
        return new JsonValue.Members(members);
    }

    private String line(JsonValue.Members object, boolean omitEmpty) {
        return new String(Format.line(new LogFormat.Json(object, omitEmpty)).bytes(exchange), StandardCharsets.UTF_8);
    }

    @Test
    void keepsTheTypeOfAnOperatorThatStandsAlone() {
        exchange.responded(404, HttpFields.build().put("x", "5"));

        assertThat(line(
                        object(
                                "code", "%RESPONSE_CODE%",
                                "text", "<%RESPONSE_CODE%>",
                                "header", "%RESP(X)%",
                                "short", "%RESP(X):9%",
                                "none", "%RESP(Y)%",
                                "mixed", "%RESP(Y)% of %RESP(X)%",
                                "literal", "a",
                                "empty", "",
                                "flags", "%RESPONSE_FLAGS%",
                                "list",
                                        new JsonValue.Items(List.of(
                                                new JsonValue.Numeral("1.50"),
                                                new JsonValue.Flag(true),
                                                object("n", "%BYTES_SENT%")))),
                        false))
                .isEqualTo("{\"code\":404,\"text\":\"<404>\",\"header\":\"5\",\"short\":\"5\",\"none\":null,"
                        + "\"mixed\":\"- of 5\",\"literal\":\"a\",\"empty\":\"\",\"flags\":\"-\","
                        + "\"list\":[1.50,true,{\"n\":0}]}\n");
    }

    @Test
    void leavesAbsentMembersOutWhereToldTo() {
        exchange.responded(200, HttpFields.build().put("x", "5"));

        assertThat(line(
                        object(
                                "a", "%RESP(Y)%",
                                "b", "%RESP(X)%",
                                "c", "%RESP(Y)%",
                                "d", object("e", "%RESP(Y)%", "f", "%RESP(Y)%%RESP(X)%"),
                                "g",
                                        new JsonValue.Items(List.of(
                                                new JsonValue.Template("%RESP(Y)%"),
                                                new JsonValue.Template("%RESP(X)%"))),
                                "h", "%RESP(Y)%"),
                        true))
                .isEqualTo("{\"b\":\"5\",\"d\":{\"f\":\"5\"},\"g\":[\"5\"]}\n");
    }

    @Test
    void escapesValuesKeysAndLiterals() {
        exchange.responded(200, HttpFields.build().put(new HttpField("x", "\"\\\n\r\t\u0001\u007f/")));

        assertThat(line(object("k\"\n", "%RESP(X)%", "ü", "\"ü\" %RESP(X)%"), false))
                .isEqualTo("{\"k\\\"\\n\":\"\\\"\\\\\\n\\r\\t\\u0001\\u007f/\","
                        + "\"ü\":\"\\\"ü\\\" \\\"\\\\\\n\\r\\t\\u0001\\u007f/\"}\n");
    }

    @Test
    void isValidUtf8WhateverThePeerSends() {
        String valid = new String("é€😀".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        // Lone bytes, an overlong slash, a surrogate, beyond the last code point, a sequence cut off.
        String broken = "\u00ff\u0080 \u00c0\u00af \u00ed\u00a0\u0080 \u00f4\u0090\u0080\u0080 \u00e2\u0082";
        exchange.responded(200, HttpFields.build().put(new HttpField("x", valid + broken)));

        assertThat(line(object("v", "%RESP(X)%"), false))
                .isEqualTo("{\"v\":\"é€😀\\u00ff\\u0080 \\u00c0\\u00af \\u00ed\\u00a0\\u0080"
                        + " \\u00f4\\u0090\\u0080\\u0080 \\u00e2\\u0082\"}\n");
    }
}
