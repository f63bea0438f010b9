package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Response;
import dev.attache.core.route.TrafficSplit.Share;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrafficSplitTest {

    private final HttpService first = (request, exchange) -> Response.local(new LocalReply(201, "", ""));
    private final HttpService second = (request, exchange) -> Response.local(new LocalReply(202, "", ""));
    private final HttpService third = (request, exchange) -> Response.local(new LocalReply(203, "", ""));

    @Test
    void eachShareTakesItsPart() {
        TrafficSplit split = new TrafficSplit(
                List.of(new Share(first, () -> 1), new Share(second, () -> 0), new Share(third, () -> 3)));
        int[] taken = new int[3];
        for (long random = -400; random < 400; random++) {
            HttpService chosen = split.choose(random);
            taken[chosen == first ? 0 : chosen == second ? 1 : 2]++;
        }
        assertThat(taken).containsExactly(200, 0, 600);
    }

    @Test
    void anOperatorMayChangeTheWeights() {
        AtomicLong weight = new AtomicLong(0);
        TrafficSplit split = new TrafficSplit(List.of(new Share(first, () -> 10), new Share(second, weight::get)));
        assertThat(split.choose(10)).isSameAs(first);
        weight.set(90);
        assertThat(split.choose(10)).isSameAs(second);
    }

    @Test
    void withoutAnyWeightTheFirstTakesAll() {
        TrafficSplit split = new TrafficSplit(List.of(new Share(first, () -> 0), new Share(second, () -> 0)));
        assertThat(split.choose(123)).isSameAs(first);
    }

    @Test
    void takesTheLargestWeightsWithoutOverflow() {
        long most = 4294967295L;
        TrafficSplit split = new TrafficSplit(List.of(new Share(first, () -> most), new Share(second, () -> most)));
        assertThat(split.choose(most - 1)).isSameAs(first);
        assertThat(split.choose(most)).isSameAs(second);
        assertThat(split.choose(-1)).isSameAs(second);
    }
}
