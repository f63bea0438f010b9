package dev.attache.core.upstream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Takes endpoints in turn, each as often as its weight says.
 *
 * <p>With S slots the n-th choice is slot n·k mod S. For equal weights k is 1: plain rotation. For unequal ones k is the
 * number nearest to S/φ that has no divisor in common with S: every slot is then taken exactly once in S choices, so
 * the shares are exact over each period, and the choices of one endpoint are spread evenly within it (the golden
 * section gives the rotation of lowest discrepancy: after n choices the count of an endpoint is off by O(log n) at
 * most; Knuth, The Art of Computer Programming 3, 6.4, theorem S).
 */
final class RoundRobin implements LoadBalancer {

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private final AtomicLong next;

    /**
     * A rotation.
     *
     * @param start where it begins, 0 or more; random, so that many proxies do not begin with the same endpoint
     */
    RoundRobin(long start) {
        next = new AtomicLong(start);
    }

    @Override
    public Endpoint choose(EndpointSet set) {
        long turn = (next.getAndIncrement() & Long.MAX_VALUE) % set.slots();
        return set.slots() == set.size() ? set.at(turn) : set.at(turn * set.stride() % set.slots());
    }

    /** The step from one choice to the next in so many slots. */
    static long stride(long slots) {
        long stride = Math.max(1, Math.round(slots * GOLDEN));
        while (gcd(slots, stride) != 1) {
            stride++;
        }
        return stride;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
