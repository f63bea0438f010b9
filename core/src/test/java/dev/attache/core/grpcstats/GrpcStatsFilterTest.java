package dev.attache.core.grpcstats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.stats.PrometheusText;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import dev.attache.core.stats.StatsFilter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class GrpcStatsFilterTest {

    private static final FilterConfig.GrpcStats ALL = new FilterConfig.GrpcStats(true, Map.of(), true, false);
    private static final String LABELS =
            "envoy_grpc_bridge_method=\"Get\",envoy_grpc_bridge_service=\"p.Service\"," + "envoy_cluster_name=\"c\"";
    private static final byte[] TWO_MESSAGES = {0, 0, 0, 0, 1, 42, 0, 0, 0, 0, 0};

    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private final StatScope grpc = stats.cluster("c").scope("grpc");

    /** Content in parts of one byte, as it may come from a connection. */
    private static final class Stream implements Body.Streaming {
        private final byte[] content;
        private final HttpFields trailers;
        private int at;

        Stream(byte[] content, HttpFields trailers) {
            this.content = content;
            this.trailers = trailers;
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() {
            return at == content.length ? null : ByteBuffer.wrap(content, at++, 1);
        }

        @Override
        public HttpFields trailers() {
            return trailers;
        }

        @Override
        public void close() {}
    }

    private static void drain(Body body) throws IOException {
        while (body.read() != null) {}
    }

    private GrpcStatsFilter filter(FilterConfig.GrpcStats config) {
        return new GrpcStatsFilter(config, name -> name.equals("c") ? stats.cluster(name) : null);
    }

    /** An upstream that reads everything before it answers. */
    private static HttpService upstream(Response response) {
        return (request, exchange) -> {
            exchange.cluster("c");
            exchange.mark(Exchange.Phase.US_TX_END);
            try {
                drain(request.body());
            } catch (IOException impossible) {
                throw new AssertionError(impossible);
            }
            exchange.mark(Exchange.Phase.US_RX_END);
            return response;
        };
    }

    private static Request call(String path, Body body) {
        return new Request("POST", "http", "a", path, HttpFields.build().put("content-type", "application/grpc"), body);
    }

    private static Response ok() {
        return new Response(
                200,
                HttpFields.build(),
                new Stream(TWO_MESSAGES, HttpFields.build().put("grpc-status", "0")));
    }

    private void run(GrpcStatsFilter filter, String path, Response answer) throws IOException {
        try (Response response = filter.filter(
                call(path, new Stream(TWO_MESSAGES, HttpFields.EMPTY)), Exchange.begin(), upstream(answer))) {
            drain(response.body());
        }
    }

    private long of(String stat) {
        return grpc.counter(stat).value();
    }

    @Test
    void countsACallByItsMethodWhenItsTrailersAreThere() throws IOException {
        run(filter(ALL), "/p.Service/Get?x", ok());

        assertThat(of("p.Service.Get.total")).isEqualTo(1);
        assertThat(of("p.Service.Get.success")).isEqualTo(1);
        assertThat(of("p.Service.Get.0")).isEqualTo(1);
        assertThat(of("p.Service.Get.failure")).isZero();
        assertThat(of("p.Service.Get.request_message_count")).isEqualTo(2);
        assertThat(of("p.Service.Get.response_message_count")).isEqualTo(2);
        assertThat(prometheus()).contains("envoy_cluster_grpc_upstream_rq_time_count{" + LABELS + "} 1");
        assertThat(of("total")).isZero();
    }

    @Test
    void countsACallThatFailsInItsHeaders() throws IOException {
        run(filter(ALL), "/s/m", new Response(200, HttpFields.build().put("grpc-status", "14"), Body.EMPTY));

        assertThat(of("s.m.failure")).isEqualTo(1);
        assertThat(of("s.m.14")).isEqualTo(1);
    }

    @Test
    void countsWhatTheProxyAnswersByItself() throws IOException {
        run(filter(ALL), "/s/m", Response.local(new LocalReply(503, "", "")));
        run(filter(ALL), "/s/m", Response.local(new LocalReply(504, "", "").withGrpcStatus(4)));

        assertThat(of("s.m.14")).isEqualTo(1);
        assertThat(of("s.m.4")).isEqualTo(1);
    }

    @Test
    void countsTheMessagesOfARequestInMemory() {
        filter(ALL)
                .filter(call("/s/m", Body.of(TWO_MESSAGES)), Exchange.begin(), upstream(ok()))
                .close();

        assertThat(of("s.m.request_message_count")).isEqualTo(2);
    }

    @Test
    void countsNoStatusOfACallThatBreaksOff() {
        filter(ALL)
                .filter(call("/s/m", Body.EMPTY), Exchange.begin(), upstream(ok()))
                .close();

        assertThat(of("s.m.total")).isZero();
    }

    @Test
    void countsAllMethodsTogetherUnlessToldOtherwise() throws IOException {
        run(filter(new FilterConfig.GrpcStats(false, Map.of(), false, false)), "/s/m", ok());

        assertThat(of("success")).isEqualTo(1);
        assertThat(of("s.m.success")).isZero();
    }

    @Test
    void namesOnlyTheMethodsThatAreListed() throws IOException {
        GrpcStatsFilter filter =
                filter(new FilterConfig.GrpcStats(false, Map.of("p.Service", Set.of("Get")), false, true));
        run(filter, "/p.Service/Get", ok());
        run(filter, "/p.Service/Put", ok());

        assertThat(of("p_Service.Get.success")).isEqualTo(1);
        assertThat(of("success")).isEqualTo(1);
    }

    @Test
    void namesNoMethodThatAClientMadeUp() throws IOException {
        GrpcStatsFilter filter = filter(ALL);
        for (String path : new String[] {"/", "/s", "/s/", "//m", "/s/m/n", "/s/m%20", "*"}) {
            run(filter, path, ok());
        }

        assertThat(of("success")).isEqualTo(7);
    }

    @Test
    void namesSoManyMethodsAndNoMore() throws IOException {
        GrpcStatsFilter filter = filter(ALL);
        for (int i = 0; i < MethodTable.MOST + 5; i++) {
            run(filter, "/s/m" + i, ok());
        }

        assertThat(of("success")).isEqualTo(5);
        assertThat(of("s.m0.success")).isEqualTo(1);
    }

    @Test
    void leavesAnyOtherRequestAlone() {
        Request request = Request.get("/s/m");
        Response answer = ok();
        Body body = answer.body();

        Response response = filter(ALL).filter(request, Exchange.begin(), (passed, exchange) -> {
            assertThat(passed).isSameAs(request);
            return answer;
        });

        assertThat(response.body()).isSameAs(body);
    }

    @Test
    void countsNothingWhereNoClusterIsChosen() {
        filter(ALL).filter(call("/s/m", Body.EMPTY), Exchange.begin(), (request, exchange) -> ok());

        assertThat(of("s.m.total")).isZero();
    }

    @Test
    void tellsServiceAndMethodAsLabels() throws IOException {
        run(filter(ALL), "/p.Service/Get", ok());

        assertThat(prometheus()).contains("envoy_cluster_grpc_success{" + LABELS + "} 1");
    }

    private String prometheus() throws IOException {
        StringBuilder text = new StringBuilder();
        PrometheusText.write(stats, StatsFilter.ALL, text);
        return text.toString();
    }
}
