package dev.attache.listeners.ends;

import dev.attache.core.fixtures.frames.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What one peer has sent or seen of one message so far.
 *
 * @param start    the path of a request, the status of an answer; empty where no head has come
 * @param fields   the fields of its head
 * @param octets   the content
 * @param trailers the fields behind the content
 * @param complete whether it has come to a proper end
 * @param broken   whether it has come to another end: a reset, or the end of its connection
 */
record Message(
        String start, List<Field> fields, byte[] octets, List<Field> trailers, boolean complete, boolean broken) {

    static final Message NONE = new Message("", List.of(), new byte[0], List.of(), false, false);

    boolean begun() {
        return !start.isEmpty();
    }

    boolean over() {
        return complete || broken;
    }

    String field(String name) {
        return value(fields, name);
    }

    static String value(List<Field> fields, String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst()
                .orElse("");
    }

    String body() {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        String content = octets.length > 40 ? octets.length + " octets" : "'" + body() + "'";
        return "[%s %s %s %s%s%s]"
                .formatted(
                        begun() ? start : "no head",
                        fields.isEmpty() ? "" : "x-attempt=" + field("x-attempt"),
                        content,
                        trailers,
                        complete ? " complete" : "",
                        broken ? " broken" : "");
    }
}
