package dev.attache.core.policy;

import dev.attache.core.http.Response;

/** What became of one attempt, or of all of them. */
public sealed interface Outcome {

    /** The upstream answered, with whatever status; the holder closes the response. */
    record Answered(Response response) implements Outcome {}

    /**
     * No answer.
     *
     * @param failure what kind
     * @param reason  the transport's own words, such as the TLS error; may be empty
     */
    record Failed(Failure failure, String reason) implements Outcome {
        public Failed(Failure failure) {
            this(failure, "");
        }
    }
}
