package dev.attache.core.upstream;

import java.util.Collection;
import java.util.List;

/**
 * The endpoints of a cluster at one time: immutable, and replaced by another set when they change.
 *
 * <p>The set is laid out as {@link #slots} slots, of which each endpoint has as many as its weight says (weights are
 * divided by what they have in common first), so that a balancer picks a slot and need not know of weights.
 */
public final class EndpointSet {

    /** No endpoints. */
    public static final EndpointSet EMPTY = new EndpointSet(List.of());

    /** So that a slot times a slot fits a long. */
    private static final long MAX_SLOTS = Integer.MAX_VALUE;

    private final List<Endpoint> endpoints;
    private final long[] ends; // ends[i]: the first slot behind those of endpoint i
    private final long slots;
    private final long stride;

    public EndpointSet(List<Endpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
        this.ends = new long[endpoints.size()];
        long divisor = divisor(endpoints);
        long sum = 0;
        for (int i = 0; i < ends.length; i++) {
            sum += Math.max(1, endpoints.get(i).weight() / divisor);
            ends[i] = sum;
        }
        this.slots = sum;
        this.stride = RoundRobin.stride(sum);
    }

    private static long divisor(List<Endpoint> endpoints) {
        long common = 0;
        long sum = 0;
        for (Endpoint endpoint : endpoints) {
            common = gcd(endpoint.weight(), common);
            sum += endpoint.weight();
        }
        // Beyond the maximum the smallest weights lose precision; each endpoint keeps one slot at least.
        return Math.max(Math.max(1, common), sum / (MAX_SLOTS / 2) + (sum > MAX_SLOTS ? 1 : 0));
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    public List<Endpoint> endpoints() {
        return endpoints;
    }

    public boolean isEmpty() {
        return endpoints.isEmpty();
    }

    public int size() {
        return endpoints.size();
    }

    /** Number of slots; 0 only for the empty set. */
    long slots() {
        return slots;
    }

    /** How far {@link RoundRobin} goes from one choice to the next. */
    long stride() {
        return stride;
    }

    /** The index of the endpoint that has a slot, 0 to slots - 1. */
    int indexAt(long slot) {
        if (slots == ends.length) {
            return (int) slot; // one slot each
        }
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (slot < ends[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    Endpoint at(long slot) {
        return endpoints.get(indexAt(slot));
    }

    /** The first slot of the endpoint with this index. */
    long firstSlot(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    /** How many slots the endpoint with this index has. */
    long slotsOf(int index) {
        return ends[index] - firstSlot(index);
    }

    /** This set without some of its endpoints. */
    EndpointSet without(Collection<Endpoint> unwanted) {
        return new EndpointSet(
                endpoints.stream().filter(e -> !unwanted.contains(e)).toList());
    }
}
