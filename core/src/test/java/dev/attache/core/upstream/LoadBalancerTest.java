package dev.attache.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.LbPolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadBalancerTest {

    private final Random random = new Random(42);

    private static EndpointSet weighted(int... weights) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            InetAddress address = InetAddress.ofLiteral("10.0." + i / 250 + "." + (1 + i % 250));
            endpoints.add(new Endpoint("e" + i, 80, new InetSocketAddress(address, 80), weights[i]));
        }
        return new EndpointSet(endpoints);
    }

    private static long[] counts(LoadBalancer balancer, EndpointSet set, int choices) {
        long[] counts = new long[set.size()];
        for (int i = 0; i < choices; i++) {
            counts[set.endpoints().indexOf(balancer.choose(set))]++;
        }
        return counts;
    }

    @Test
    void roundRobinOfEqualWeightsIsARotation() {
        EndpointSet set = weighted(7, 7, 7);
        LoadBalancer balancer = new RoundRobin(4);
        List<Endpoint> all = set.endpoints();

        assertThat(IntStream.range(0, 6).mapToObj(i -> balancer.choose(set)))
                .containsExactly(all.get(1), all.get(2), all.get(0), all.get(1), all.get(2), all.get(0));
    }

    @Test
    void roundRobinBeginsAnywhere() {
        EndpointSet set = weighted(1, 1, 1, 1);
        Set<Endpoint> first = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            first.add(LoadBalancer.of(LbPolicy.ROUND_ROBIN, random).choose(set));
        }

        assertThat(first).hasSize(4);
    }

    @Test
    void roundRobinIsExactOverEachPeriodWhateverTheWeights() {
        for (int trial = 0; trial < 300; trial++) {
            int[] weights = random.ints(1 + random.nextInt(8), 1, 40).toArray();
            EndpointSet set = weighted(weights);
            LoadBalancer balancer = LoadBalancer.of(LbPolicy.ROUND_ROBIN, random);
            int period = IntStream.of(weights).sum();
            counts(balancer, set, random.nextInt(100)); // a period may begin anywhere

            long[] counts = counts(balancer, set, period);

            assertThat(counts)
                    .as("weights %s", Arrays.toString(weights))
                    .containsExactly(IntStream.of(weights).asLongStream().toArray());
        }
    }

    @Test
    void roundRobinSpreadsTheChoicesOfAHeavyEndpointEvenly() {
        int[] weights = {90, 5, 5};
        EndpointSet set = weighted(weights);
        LoadBalancer balancer = new RoundRobin(0);
        double[] count = new double[3];
        for (int n = 1; n <= 2000; n++) {
            count[set.endpoints().indexOf(balancer.choose(set))]++;
            for (int e = 0; e < 3; e++) {
                assertThat(Math.abs(count[e] - n * weights[e] / 100.0))
                        .as("choice %d, endpoint %d", n, e)
                        .isLessThan(3);
            }
        }
    }

    @Test
    void roundRobinIsExactForManyThreadsTogether() throws InterruptedException {
        EndpointSet set = weighted(3, 2, 1);
        LoadBalancer balancer = LoadBalancer.of(LbPolicy.ROUND_ROBIN, random);
        Map<Endpoint, AtomicLong> counts = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 6000; i++) {
                    counts.computeIfAbsent(balancer.choose(set), e -> new AtomicLong())
                            .incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(set.endpoints().stream().map(e -> counts.get(e).get())).containsExactly(24_000L, 16_000L, 8_000L);
    }

    @ParameterizedTest
    @EnumSource(LbPolicy.class)
    void sharesFollowTheWeightsWhenAllAreIdle(LbPolicy policy) {
        EndpointSet set = weighted(1, 2, 7);

        long[] counts = counts(LoadBalancer.of(policy, random), set, 100_000);

        assertThat(counts[0] / 100_000.0).isBetween(0.08, 0.12);
        assertThat(counts[1] / 100_000.0).isBetween(0.18, 0.22);
        assertThat(counts[2] / 100_000.0).isBetween(0.68, 0.72);
    }

    @ParameterizedTest
    @EnumSource(LbPolicy.class)
    void oneEndpointIsAlwaysChosen(LbPolicy policy) {
        EndpointSet set = weighted(3);

        assertThat(counts(LoadBalancer.of(policy, random), set, 10)).containsExactly(10);
    }

    @ParameterizedTest
    @EnumSource(LbPolicy.class)
    void weightsOfAnySizeAreServed(LbPolicy policy) {
        EndpointSet set = weighted(Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 1, Integer.MAX_VALUE - 2);

        long[] counts = counts(LoadBalancer.of(policy, random), set, 30_000);

        assertThat(counts[0]).isBetween(9_000L, 11_000L);
        assertThat(counts[1]).isBetween(9_000L, 11_000L);
        assertThat(counts[2]).isLessThan(10);
        assertThat(counts[3]).isBetween(9_000L, 11_000L);
    }

    @Test
    void leastRequestNeverTakesTheBusierOfTwo() {
        EndpointSet set = weighted(1, 1);
        set.endpoints().get(0).stats().rqActive.set(1);

        assertThat(counts(LoadBalancer.of(LbPolicy.LEAST_REQUEST, random), set, 1000))
                .containsExactly(0, 1000);
    }

    @Test
    void leastRequestCountsRequestsByWeight() {
        EndpointSet set = weighted(1, 10);
        set.endpoints().get(0).stats().rqActive.set(1);
        set.endpoints().get(1).stats().rqActive.set(9);

        assertThat(counts(LoadBalancer.of(LbPolicy.LEAST_REQUEST, random), set, 1000))
                .containsExactly(0, 1000);
    }

    @Test
    void leastRequestKeepsQueuesShorterThanRandomChoice() {
        long least = longestQueue(LoadBalancer.of(LbPolicy.LEAST_REQUEST, random));
        long randomly = longestQueue(LoadBalancer.of(LbPolicy.RANDOM, random));

        assertThat(least).isLessThan(randomly);
    }

    /** A thousand requests that do not end, on a hundred endpoints. */
    private static long longestQueue(LoadBalancer balancer) {
        EndpointSet set = weighted(IntStream.range(0, 100).map(i -> 1).toArray());
        for (int i = 0; i < 1000; i++) {
            balancer.choose(set).stats().rqActive.incrementAndGet();
        }
        return set.endpoints().stream()
                .mapToInt(e -> e.stats().rqActive.get())
                .max()
                .orElseThrow();
    }
}
