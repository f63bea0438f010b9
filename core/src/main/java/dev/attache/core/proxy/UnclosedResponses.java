package dev.attache.core.proxy;

import dev.attache.core.stats.Counter;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a host application that it does not close its responses, and where they were made: once each, and counts the
 * rest. The place is noted for one call in {@value #SAMPLED}, which costs next to nothing; from the first response that is
 * found unclosed on for all of the next {@value #LOOKED_AT}, so that the place is soon known. Safe for use by all threads.
 */
final class UnclosedResponses {

    private static final int SAMPLED = 1024;
    private static final int LOOKED_AT = 2000;

    private static final Logger LOG = LoggerFactory.getLogger(UnclosedResponses.class);

    private final Counter count;
    private final AtomicInteger lookingAt = new AtomicInteger();
    private boolean told; // This and the other: of the thread that finds them.
    private boolean placeTold;

    UnclosedResponses(Counter count) {
        this.count = count;
    }

    /** Where the calling thread is; null for nearly all. */
    @Nullable
    Throwable place() {
        boolean looks = lookingAt.get() > 0 && lookingAt.getAndDecrement() > 0;
        return looks || (ThreadLocalRandom.current().nextInt() & SAMPLED - 1) == 0 ? new Throwable("made here") : null;
    }

    /** One was not closed by its caller. */
    void found(@Nullable Throwable place) {
        count.increment();
        if (place != null && !placeTold) {
            told = true;
            placeTold = true;
            lookingAt.set(0);
            LOG.error(
                    "a response of a call in this process was never closed; what it held is given back only now"
                            + " (counted in in_process.responses_not_closed, not told again)",
                    place);
        } else if (!told) {
            told = true;
            lookingAt.set(LOOKED_AT);
            LOG.error("a response of a call in this process was never closed; what it held is given back only now"
                    + " (where such responses are made is told with one of the next)");
        }
    }
}
