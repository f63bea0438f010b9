package dev.attache.core.format;

/** Names of gRPC statuses. */
final class GrpcStatus {

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

    static String camel(long number) {
        return name(CAMEL, number);
    }

    static String snake(long number) {
        return name(SNAKE, number);
    }

    private static String name(String[] names, long number) {
        if (number < 0) {
            return "";
        }
        return number < names.length ? names[(int) number] : Long.toString(number);
    }

    /** The number that a header holds; unknown (2) where it is none. */
    static long parse(String header) {
        try {
            return Math.max(0, Integer.parseInt(header.strip()));
        } catch (NumberFormatException none) {
            return 2;
        }
    }

    /**
     * The status that stands for an HTTP status; -1 where no response was sent.
     *
     * @see <a href="https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md">HTTP to gRPC status</a>
     */
    static long ofHttp(int status) {
        return switch (status) {
            case 0 -> -1;
            case 200 -> 0;
            case 400 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> 14;
            default -> 2;
        };
    }
}
