package dev.attache.core.route;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.runtime.RuntimeInt;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Spreads requests over several calls by weights, which an operator may change. Safe for use by all threads. */
final class TrafficSplit implements HttpService {

    /**
     * One share.
     *
     * @param call   where its requests go
     * @param weight its part of the sum of all
     */
    record Share(HttpService call, RuntimeInt weight) {}

    private final List<Share> shares;

    /** A split; where all weights are zero now, the first share takes all. */
    TrafficSplit(List<Share> shares) {
        this.shares = List.copyOf(shares);
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        return choose(ThreadLocalRandom.current().nextLong()).handle(request, exchange);
    }

    /** The call for a random number of any value. */
    HttpService choose(long random) {
        long[] weights = new long[shares.size()]; // Read once: they may change between two looks.
        long sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = shares.get(i).weight.get();
            sum += weights[i];
        }
        if (sum > 0) {
            long point = Math.floorMod(random, sum);
            for (int i = 0; i < weights.length; i++) {
                point -= weights[i];
                if (point < 0) {
                    return shares.get(i).call;
                }
            }
        }
        return shares.getFirst().call;
    }
}
