package dev.attache.core.upstream;

import java.util.random.RandomGenerator;

/**
 * Takes the less busy of two different endpoints that are drawn at random by weight: the one with fewer requests in
 * progress for its weight.
 *
 * @see <a href="https://www.eecs.harvard.edu/~michaelm/postscripts/handbook2001.pdf">Mitzenmacher, Richa, Sitaraman: The
 *     Power of Two Random Choices</a>
 */
final class LeastRequest implements LoadBalancer {

    private final RandomGenerator random;

    LeastRequest(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public Endpoint choose(EndpointSet set) {
        int first = set.indexAt(random.nextLong(set.slots()));
        Endpoint one = set.endpoints().get(first);
        if (set.size() == 1) {
            return one;
        }
        // The second is drawn from the slots that remain when the first one's are cut out.
        long slot = random.nextLong(set.slots() - set.slotsOf(first));
        Endpoint two = set.at(slot < set.firstSlot(first) ? slot : slot + set.slotsOf(first));
        return load(two, one) < load(one, two) ? two : one;
    }

    private static long load(Endpoint endpoint, Endpoint other) {
        return (long) endpoint.stats().rqActive.get() * other.weight();
    }
}
