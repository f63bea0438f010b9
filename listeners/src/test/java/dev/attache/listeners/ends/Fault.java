package dev.attache.listeners.ends;

/** How a peer ends what it should not, beside a clean end. */
enum Fault {
    RST_NO_ERROR,
    RST_PROTOCOL_ERROR,
    RST_INTERNAL_ERROR,
    RST_REFUSED_STREAM,
    RST_CANCEL,
    /** GOAWAY that ends no stream which is there. */
    GOAWAY_GRACEFUL,
    /** GOAWAY whose last stream is the last that has come. */
    GOAWAY_BEHIND,
    /** GOAWAY whose last stream is the one before this. */
    GOAWAY_BEFORE,
    GOAWAY_ERROR,
    /** The own side of the connection ends; what comes is read on. */
    HALF_CLOSE,
    CLOSE,
    TCP_RESET,
    /** WINDOW_UPDATE above 2^31-1 on the stream. */
    OVERFLOW,
    /** WINDOW_UPDATE of 0 on the stream. */
    ZERO_INCREMENT,
    DATA_AFTER_END,
    /** More DATA at once than any window allows. */
    BEYOND_WINDOW,
    /** A head, or trailers, that no version allows. */
    MALFORMED,
    /** The end before content-length is reached. */
    SHORT,
    /** The end behind more than content-length. */
    LONG,
    /** Nothing more comes. */
    SILENCE;

    /** Whether other streams of the connection may suffer. */
    boolean hurtsConnection() {
        return switch (this) {
            case GOAWAY_BEHIND, GOAWAY_BEFORE, GOAWAY_ERROR, HALF_CLOSE, CLOSE, TCP_RESET -> true;
            case DATA_AFTER_END, BEYOND_WINDOW -> true;
            default -> false;
        };
    }

    /** Whether the peer plays its stream on, as if nothing had been. */
    boolean goesOn() {
        return this == GOAWAY_GRACEFUL || this == GOAWAY_BEHIND;
    }

    /** Whether what was sent in front of it may get lost on its way. */
    boolean losesWhatWasSent() {
        return switch (this) {
            case CLOSE, TCP_RESET, GOAWAY_ERROR, GOAWAY_BEFORE, DATA_AFTER_END, BEYOND_WINDOW -> true;
            case RST_PROTOCOL_ERROR, RST_INTERNAL_ERROR, RST_REFUSED_STREAM, RST_CANCEL -> true;
            case OVERFLOW, ZERO_INCREMENT -> true;
            default -> false;
        };
    }
}
