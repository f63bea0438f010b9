package dev.attache.core.route;

import dev.attache.core.config.EscapedSlashes;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a path into the form in which it is both matched and forwarded, so that no route is chosen for another path than
 * the upstream sees. By default that is the raw path. The query is never touched. Immutable and safe for use by all
 * threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2">RFC 3986, syntax-based normalization</a>
 */
public final class PathNormalizer {

    /** What becomes of a request. */
    public sealed interface Verdict {}

    /** It goes on with this target. */
    public record Forward(String target) implements Verdict {}

    /** It is answered with 400 and the details {@code path_normalization_failed}. */
    public record Reject() implements Verdict {}

    /** It is answered with 307 to this target. */
    public record Redirect(String target) implements Verdict {}

    private final boolean normalize;
    private final boolean mergeSlashes;
    private final EscapedSlashes escapedSlashes;

    /**
     * A normalizer.
     *
     * @param normalize      resolves dot segments, takes escapes from unreserved characters, turns backslashes
     * @param mergeSlashes   joins adjacent slashes
     * @param escapedSlashes what happens to {@code %2F} and {@code %5C}
     */
    public PathNormalizer(boolean normalize, boolean mergeSlashes, EscapedSlashes escapedSlashes) {
        this.normalize = normalize;
        this.mergeSlashes = mergeSlashes;
        this.escapedSlashes = escapedSlashes;
    }

    /** Whether every target goes on as it came; then nobody need ask. */
    public boolean keepsAll() {
        return !normalize && !mergeSlashes && escapedSlashes == EscapedSlashes.KEEP_UNCHANGED;
    }

    /** Says what becomes of a target. */
    public Verdict normalize(String target) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        String rest = query < 0 ? "" : target.substring(query);
        if (!path.startsWith("/")) {
            return new Forward(target); // OPTIONS *
        }
        boolean redirect = false;
        if (escapedSlashes != EscapedSlashes.KEEP_UNCHANGED) {
            String unescaped = unescapeSlashes(path);
            if (!unescaped.equals(path)) {
                if (escapedSlashes == EscapedSlashes.REJECT_REQUEST) {
                    return new Reject();
                }
                redirect = escapedSlashes == EscapedSlashes.UNESCAPE_AND_REDIRECT;
                path = unescaped;
            }
        }
        if (normalize) {
            if (path.contains("%00")) {
                return new Reject();
            }
            path = removeDotSegments(unescapeUnreserved(path.replace('\\', '/')));
        }
        if (mergeSlashes) {
            path = mergeSlashes(path);
        }
        return redirect ? new Redirect(path + rest) : new Forward(path + rest);
    }

    private static String unescapeSlashes(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        return path.replace("%2F", "/").replace("%2f", "/").replace("%5C", "\\").replace("%5c", "\\");
    }

    private static String unescapeUnreserved(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int value = c == '%' && i + 2 < path.length() ? hex(path.charAt(i + 1), path.charAt(i + 2)) : -1;
            if (value >= 0 && isUnreserved((char) value)) {
                out.append((char) value);
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static int hex(char high, char low) {
        int first = Character.digit(high, 16);
        int second = Character.digit(low, 16);
        return first < 0 || second < 0 || high > 'f' || low > 'f' ? -1 : first * 16 + second;
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    private static String removeDotSegments(String path) {
        if (!path.contains("/.")) {
            return path;
        }
        List<String> kept = new ArrayList<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            boolean last = i == segments.length - 1;
            switch (segments[i]) {
                case "." -> {
                    if (last) {
                        kept.add("");
                    }
                }
                case ".." -> {
                    if (!kept.isEmpty()) {
                        kept.removeLast();
                    }
                    if (last) {
                        kept.add("");
                    }
                }
                default -> kept.add(segments[i]);
            }
        }
        return "/" + String.join("/", kept);
    }

    private static String mergeSlashes(String path) {
        if (!path.contains("//")) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) != '/' || i == 0 || path.charAt(i - 1) != '/') {
                out.append(path.charAt(i));
            }
        }
        return out.toString();
    }
}
