package dev.attache.core.config;

import java.util.List;
import java.util.Optional;

/**
 * How answers that the proxy makes by itself look.
 *
 * @param mappers the first whose filter holds changes the reply
 * @param format  format of the body of all others; empty means the bare text
 */
public record LocalReplyConfig(List<Mapper> mappers, Optional<BodyFormat> format) {

    /** Bare texts. */
    public static final LocalReplyConfig NONE = new LocalReplyConfig(List.of(), Optional.empty());

    public LocalReplyConfig {
        mappers = List.copyOf(mappers);
    }

    /**
     * A change of some replies.
     *
     * @param filter     which ones
     * @param status     new status; 0 keeps it
     * @param body       new body text, before formatting; empty keeps it
     * @param format     format of the body; empty means that of the whole
     * @param headersAdd headers added to the reply
     */
    public record Mapper(
            StatusFilter filter,
            int status,
            Optional<String> body,
            Optional<BodyFormat> format,
            List<HeaderAddition> headersAdd) {
        public Mapper {
            headersAdd = List.copyOf(headersAdd);
        }
    }

    /**
     * A body.
     *
     * @param format      text or JSON, with {@code %LOCAL_REPLY_BODY%} and the other operators
     * @param contentType content type; empty means {@code text/plain} or {@code application/json}
     */
    public record BodyFormat(LogFormat format, String contentType) {}
}
