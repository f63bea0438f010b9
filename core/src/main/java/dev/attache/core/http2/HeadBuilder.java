package dev.attache.core.http2;

import dev.attache.core.hpack.FieldSink;
import dev.attache.core.http1.Characters;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link MessageHead} of a header block and says what in it is malformed. Beyond the limits nothing is kept, but
 * all of the block is looked at, since the next one refers to it. For one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-8.2">RFC 9113, 8.2 and 8.3</a>
 */
final class HeadBuilder implements FieldSink {

    /** What a header block is. */
    enum Kind {
        REQUEST,
        RESPONSE,
        TRAILERS
    }

    private static final int MOST_LENGTH_DIGITS = 18;
    private static final int STATUS_DIGITS = 3;
    private static final char DELETE = 0x7f;

    private final int maxBytes;
    private final int maxFields;
    private final boolean extendedConnect;
    private MessageHead head = new MessageHead();
    private Kind kind = Kind.REQUEST;
    private int bytes;

    /**
     * A builder for all blocks of one connection.
     *
     * @param maxBytes        octets of names and values in one block
     * @param maxFields       fields in one block
     * @param extendedConnect whether a request may have a {@code :protocol}
     */
    HeadBuilder(int maxBytes, int maxFields, boolean extendedConnect) {
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
        this.extendedConnect = extendedConnect;
    }

    void begin(Kind of) {
        kind = of;
        head = new MessageHead();
        bytes = 0;
    }

    /** The head, once the whole block was seen. */
    MessageHead end() {
        MessageHead built = head;
        if (built.malformed == null && !built.tooLarge) {
            built.malformed = switch (kind) {
                case REQUEST -> requestIncomplete(built);
                case RESPONSE -> built.status == 0 ? "no :status" : null;
                case TRAILERS -> null;
            };
        }
        head = new MessageHead(); // Nothing that was handed on is kept.
        return built;
    }

    private @Nullable String requestIncomplete(MessageHead built) {
        String method = built.method();
        if (method.isEmpty()) {
            return "no :method";
        }
        if (built.protocol != null && !built.isConnect()) {
            return ":protocol without CONNECT";
        }
        if (built.isConnect() && built.protocol == null) {
            return built.scheme != null || built.path != null
                    ? "CONNECT with :scheme or :path"
                    : built.authority == null ? "CONNECT without :authority" : null;
        }
        if (built.scheme().isEmpty()) {
            return "no :scheme";
        }
        return built.path().isEmpty() ? "no :path" : null;
    }

    @Override
    public void field(String name, String value) {
        bytes += name.length() + value.length();
        if (bytes > maxBytes || head.fields.size() >= maxFields) {
            head.tooLarge = true;
            return;
        }
        if (head.malformed != null) {
            return;
        }
        if (!isValue(value)) {
            head.malformed = "value of " + printable(name);
        } else if (!name.isEmpty() && name.charAt(0) == ':') {
            head.malformed = pseudo(name, value);
        } else {
            head.malformed = isName(name) ? regular(name, value) : "name of a field: " + printable(name);
            if (head.malformed == null) {
                head.fields.add(name, value);
            }
        }
    }

    private @Nullable String pseudo(String name, String value) {
        if (head.fields.size() > 0) {
            return printable(name) + " behind a field";
        }
        return switch (kind) {
            case REQUEST -> ofRequest(name, value);
            case RESPONSE -> ofResponse(name, value);
            case TRAILERS -> printable(name) + " in trailers";
        };
    }

    private @Nullable String ofRequest(String name, String value) {
        String before;
        switch (name) {
            case ":method" -> {
                before = head.method;
                head.method = value;
            }
            case ":scheme" -> {
                if (!isScheme(value)) {
                    return ":scheme " + printable(value);
                }
                before = head.scheme;
                head.scheme = value;
            }
            case ":authority" -> {
                before = head.authority;
                head.authority = value;
            }
            case ":path" -> {
                before = head.path;
                head.path = value;
            }
            case ":protocol" -> {
                if (!extendedConnect) {
                    return ":protocol, which is not taken here";
                }
                before = head.protocol;
                head.protocol = value;
            }
            default -> {
                return "unknown " + printable(name);
            }
        }
        return before == null ? null : "two of " + name;
    }

    private @Nullable String ofResponse(String name, String value) {
        if (!name.equals(":status")) {
            return "unknown " + printable(name);
        }
        if (head.status != 0) {
            return "two of :status";
        }
        if (value.length() != STATUS_DIGITS || !isNumber(value) || value.charAt(0) == '0') {
            return ":status " + printable(value);
        }
        head.status = Integer.parseInt(value);
        return null;
    }

    private @Nullable String regular(String name, String value) {
        return switch (name) {
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings" ->
                "a field of HTTP/1 connections: " + name;
            case "te" -> "trailers".equalsIgnoreCase(value) ? null : "te: " + printable(value);
            case "content-length" -> length(value);
            default -> null;
        };
    }

    private @Nullable String length(String value) {
        if (kind == Kind.TRAILERS) {
            return null; // It frames nothing there, and is not carried on.
        }
        if (head.contentLength >= 0) {
            return "two of content-length";
        }
        if (value.isEmpty() || value.length() > MOST_LENGTH_DIGITS || !isNumber(value)) {
            return "content-length: " + printable(value);
        }
        head.contentLength = Long.parseLong(value);
        return null;
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Characters.isToken(c) || (c >= 'A' && c <= 'Z')) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == DELETE) {
                return false;
            }
        }
        return value.isEmpty() || (!isBlank(value.charAt(0)) && !isBlank(value.charAt(value.length() - 1)));
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** RFC 3986, 3.1; an empty one is told of at the end. */
    private static boolean isScheme(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNumber(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** A word of the peer's for a line of the log: short, and of plain characters. */
    private static String printable(String word) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(word.length(), 40); i++) {
            char c = word.charAt(i);
            text.append(c > ' ' && c < DELETE ? c : '?');
        }
        return text.toString();
    }
}
