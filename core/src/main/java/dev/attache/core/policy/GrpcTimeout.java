package dev.attache.core.policy;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.StreamDurationConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How a route obeys what a gRPC request says of its time; what was asked is less than zero where it says nothing. */
sealed interface GrpcTimeout {

    /** The rule of a route; null where it has none. */
    static @Nullable GrpcTimeout of(ForwardConfig forward) {
        if (forward.streamDuration().isPresent()) {
            StreamDurationConfig duration = forward.streamDuration().get();
            return duration.grpcTimeoutHeaderMax().isEmpty()
                            && duration.max().orElse(Duration.ZERO).isZero()
                    ? null
                    : new OfStream(
                            duration.grpcTimeoutHeaderMax().isPresent(),
                            nanos(duration.grpcTimeoutHeaderMax().orElse(Duration.ZERO)),
                            nanos(duration.grpcTimeoutHeaderOffset()));
        }
        return forward.grpcTimeout()
                .map(timeout -> new OfRoute(nanos(timeout.max()), nanos(timeout.offset())))
                .orElse(null);
    }

    private static long nanos(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration); // Not toNanos(): that throws for what nobody lives to see.
    }

    /**
     * It limits the whole stream.
     *
     * @param obeyed whether the header counts at all
     * @param max    what the header counts as at most; 0 for no limit
     * @param offset taken off the header's time
     */
    record OfStream(boolean obeyed, long max, long offset) implements GrpcTimeout {

        /** Whether it is the header that says how long. */
        boolean obeys(long asked) {
            return obeyed && asked >= 0;
        }

        /** Nanoseconds that the stream may last; 0 is off. */
        long nanos(long asked, long otherwise) {
            if (!obeys(asked)) {
                return otherwise;
            }
            long capped = max == 0 ? asked : Math.min(asked, max);
            return Math.max(1, capped - offset); // As good as at once: zero would be off.
        }
    }

    /**
     * It limits the wait for the response: the former way.
     *
     * @param max    what the header counts as at most, and where there is none; 0 for no limit
     * @param offset taken off the header's time, where more than that is left
     */
    record OfRoute(long max, long offset) implements GrpcTimeout {

        /** Nanoseconds of the route's timeout; 0 is off. */
        long nanos(long asked) {
            long wanted = Math.max(asked, 0); // Here zero asks for ever.
            long left = wanted > offset ? wanted - offset : wanted;
            return max != 0 && (left == 0 || left > max) ? max : left;
        }
    }
}
