package dev.attache.core.upstream;

import dev.attache.core.config.LbPolicy;
import java.util.random.RandomGenerator;

/** Chooses among endpoints by their weights. Safe for use by all threads. */
interface LoadBalancer {

    /** One endpoint of a set that is not empty. */
    Endpoint choose(EndpointSet set);

    static LoadBalancer of(LbPolicy policy, RandomGenerator random) {
        return switch (policy) {
            case ROUND_ROBIN -> new RoundRobin(random.nextLong() >>> 1);
            case LEAST_REQUEST -> new LeastRequest(random);
            case RANDOM -> set -> set.at(random.nextLong(set.slots()));
        };
    }
}
