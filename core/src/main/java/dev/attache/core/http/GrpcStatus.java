package dev.attache.core.http;

/** The statuses of gRPC calls: their names, and the HTTP statuses that stand for them and that they stand for. */
public final class GrpcStatus {

    /** The caller gave the call up. */
    public static final int CANCELLED = 1;

    /** Nobody knows, or nobody said. */
    public static final int UNKNOWN = 2;

    /** The time of the call was over. */
    public static final int DEADLINE_EXCEEDED = 4;

    /** A quota is used up. */
    public static final int RESOURCE_EXHAUSTED = 8;

    /** The call is broken. */
    public static final int INTERNAL = 13;

    /** Nobody is there at the moment. */
    public static final int UNAVAILABLE = 14;

    /** The last that has a name. */
    public static final int HIGHEST = 16;

    private static final String[] CAMEL = {
        "OK",
        "Canceled",
        "Unknown",
        "InvalidArgument",
        "DeadlineExceeded",
        "NotFound",
        "AlreadyExists",
        "PermissionDenied",
        "ResourceExhausted",
        "FailedPrecondition",
        "Aborted",
        "OutOfRange",
        "Unimplemented",
        "Internal",
        "Unavailable",
        "DataLoss",
        "Unauthenticated"
    };
    private static final String[] SNAKE = {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED"
    };

    private GrpcStatus() {}

    /** A name such as {@code NotFound}; the number where it has none; empty for less than zero. */
    public static String camel(long number) {
        return name(CAMEL, number);
    }

    /** A name such as {@code NOT_FOUND}; the number where it has none; empty for less than zero. */
    public static String snake(long number) {
        return name(SNAKE, number);
    }

    private static String name(String[] names, long number) {
        if (number < 0) {
            return "";
        }
        return number < names.length ? names[(int) number] : Long.toString(number);
    }

    /** The number that a header or a trailer holds; unknown (2) where it is none. */
    public static int parse(String field) {
        try {
            return Math.max(0, Integer.parseInt(field.strip()));
        } catch (NumberFormatException none) {
            return UNKNOWN;
        }
    }

    /**
     * How an exchange ended: what its trailers say, or its headers, or else what stands for its HTTP status; -1 where
     * there was no answer.
     */
    public static int of(Exchange exchange) {
        String said = exchange.responseTrailers().get(Grpc.STATUS);
        if (said == null) {
            said = exchange.responseHeaders().get(Grpc.STATUS);
        }
        return said == null ? ofHttp(exchange.status()) : parse(said);
    }

    /**
     * The status that stands for the HTTP status of an answer which does not say its own; -1 where there was no answer.
     *
     * @see <a href="https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md">HTTP to gRPC status</a>
     */
    public static int ofHttp(int status) {
        return switch (status) {
            case 0 -> -1;
            case 400 -> INTERNAL;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN; // 200 as well: a call that ends without a status has not ended well.
        };
    }

    /**
     * The HTTP status that stands for a gRPC status, for whoever judges an upstream by it.
     *
     * @see <a href="https://cloud.google.com/apis/design/errors#handling_errors">Google API design guide</a>
     */
    public static int toHttp(int status) {
        return switch (status) {
            case 0 -> 200;
            case CANCELLED -> 499;
            case 3, 9, 11 -> 400;
            case DEADLINE_EXCEEDED -> 504;
            case 5 -> 404;
            case 6, 10 -> 409;
            case 7 -> 403;
            case RESOURCE_EXHAUSTED -> 429;
            case 12 -> 501;
            case UNAVAILABLE -> 503;
            case 16 -> 401;
            default -> 500;
        };
    }
}
