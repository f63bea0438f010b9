package dev.attache.core.upstream.http2;

import dev.attache.core.http2.MessageHead;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a response over HTTP/2 must keep to beyond what the codec has seen to. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-8.2.2">RFC 9113, 8.2.2 and 8.3.2</a>
 */
record ResponseRules(int maxHeaders) {

    /** What is wrong with {@code head}; null where nothing is. */
    @Nullable
    String broken(MessageHead head) {
        return head.tooLarge() ? "more than " + maxHeaders + " fields or too many octets of them in a response" : null;
    }
}
