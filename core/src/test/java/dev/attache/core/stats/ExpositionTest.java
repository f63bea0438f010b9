package dev.attache.core.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StatsConfig.Buckets;
import dev.attache.core.config.StringMatch;
import dev.attache.core.regex.Regex;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpositionTest {

    private interface Writer {
        void write(Stats stats, StatsFilter filter, Appendable out) throws IOException;
    }

    private final Stats stats = Stats.create(new StatsConfig(
            List.of(new Buckets(new StringMatch.Regex(".+rq_time"), List.of(0.5, 1.0, 2500.0))), Optional.empty()));

    @BeforeEach
    void someTraffic() {
        StatScope search = stats.cluster("search-https_eqiad");
        search.counter("upstream_rq_total").add(3);
        search.counter("upstream_cx_connect_fail");
        StatusCounters statuses = search.statuses("upstream_rq", false);
        statuses.count(200);
        statuses.count(200);
        statuses.count(503);
        search.scope("circuit_breakers.default").gauge("cx_open", () -> 0);
        Histogram time = search.histogram("upstream_rq_time");
        time.recordNanos(400_000);
        time.recordNanos(1_000_000);
        time.recordNanos(3_000_500_000L);
        stats.cluster("mw-api-int").counter("upstream_rq_total").add(1);
        stats.cluster("mw-api-int").histogram("upstream_rq_time");
        stats.http("search_egress").gauge("downstream_cx_active").increment();
        stats.http("search_egress").gauge("downstream_cx_active").decrement();
        stats.http("search_egress").statuses("downstream_rq", true).count(200);
        stats.listener("127.0.0.1:6025").counter("downstream_cx_total").increment();
        stats.scope("runtime").gauge("admin_overrides_active").set(0);
    }

    private String written(Writer writer, StatsFilter filter) throws IOException {
        StringBuilder out = new StringBuilder();
        writer.write(stats, filter, out);
        return out.toString();
    }

    private static StatsFilter named(String regex) {
        return new StatsFilter(Optional.of(Regex.compile(regex)::find), false, StatsFilter.ALL.kinds());
    }

    private static final StatsFilter USED = new StatsFilter(Optional.empty(), true, StatsFilter.ALL.kinds());

    @Test
    void writesTextSortedWithHistogramsLast() throws IOException {
        assertThat(written(TextStats::write, StatsFilter.ALL)).isEqualTo("""
            cluster.mw-api-int.upstream_rq_total: 1
            cluster.search-https_eqiad.circuit_breakers.default.cx_open: 0
            cluster.search-https_eqiad.upstream_cx_connect_fail: 0
            cluster.search-https_eqiad.upstream_rq_200: 2
            cluster.search-https_eqiad.upstream_rq_2xx: 2
            cluster.search-https_eqiad.upstream_rq_503: 1
            cluster.search-https_eqiad.upstream_rq_5xx: 1
            cluster.search-https_eqiad.upstream_rq_total: 3
            http.search_egress.downstream_cx_active: 0
            http.search_egress.downstream_rq_1xx: 0
            http.search_egress.downstream_rq_2xx: 1
            http.search_egress.downstream_rq_3xx: 0
            http.search_egress.downstream_rq_4xx: 0
            http.search_egress.downstream_rq_5xx: 0
            listener.127.0.0.1_6025.downstream_cx_total: 1
            runtime.admin_overrides_active: 0
            cluster.mw-api-int.upstream_rq_time: No recorded values
            cluster.search-https_eqiad.upstream_rq_time: P0(nan,0) P25(nan,0.375) P50(nan,0.75) P75(nan,2625.125) P90(nan,2850.35) P95(nan,2925.425) P99(nan,2985.485) P99.5(nan,2992.993) P99.9(nan,2998.999) P100(nan,3000.5)
            """);
    }

    @Test
    void writesWhatADrainScriptAsksFor() throws IOException {
        StatsFilter filter = new StatsFilter(
                Optional.of(Regex.compile("http.search_egress.downstream_cx_active")::find),
                true,
                StatsFilter.ALL.kinds());

        assertThat(written(TextStats::write, filter)).isEqualTo("http.search_egress.downstream_cx_active: 0\n");
    }

    @Test
    void leavesOutWhatWasNeverTouched() throws IOException {
        assertThat(written(TextStats::write, USED).lines().map(line -> line.substring(0, line.indexOf(':'))))
                .containsExactly(
                        "cluster.mw-api-int.upstream_rq_total",
                        "cluster.search-https_eqiad.upstream_rq_200",
                        "cluster.search-https_eqiad.upstream_rq_2xx",
                        "cluster.search-https_eqiad.upstream_rq_503",
                        "cluster.search-https_eqiad.upstream_rq_5xx",
                        "cluster.search-https_eqiad.upstream_rq_total",
                        "http.search_egress.downstream_cx_active",
                        "http.search_egress.downstream_rq_2xx",
                        "listener.127.0.0.1_6025.downstream_cx_total",
                        "runtime.admin_overrides_active",
                        "cluster.search-https_eqiad.upstream_rq_time");
    }

    @Test
    void showsOneKindAlone() throws IOException {
        StatsFilter gauges = new StatsFilter(Optional.empty(), false, EnumSet.of(StatsFilter.Kind.GAUGE));

        assertThat(written(TextStats::write, gauges).lines().map(line -> line.substring(0, line.indexOf(':'))))
                .containsExactly(
                        "cluster.search-https_eqiad.circuit_breakers.default.cx_open",
                        "http.search_egress.downstream_cx_active",
                        "runtime.admin_overrides_active");
    }

    @Test
    void writesJson() throws IOException {
        assertThat(written(JsonStats::write, named("mw-api-int|runtime")))
                .isEqualTo("{\"stats\":[{\"name\":\"cluster.mw-api-int.upstream_rq_total\",\"value\":1},"
                        + "{\"name\":\"runtime.admin_overrides_active\",\"value\":0},"
                        + "{\"histograms\":{\"supported_quantiles\":[0,25,50,75,90,95,99,99.5,99.9,100],"
                        + "\"computed_quantiles\":[{\"name\":\"cluster.mw-api-int.upstream_rq_time\",\"values\":["
                        + "{\"interval\":null,\"cumulative\":null},".repeat(9)
                        + "{\"interval\":null,\"cumulative\":null}]}]}}]}\n");
        assertThat(written(JsonStats::write, named("nothing"))).isEqualTo("{\"stats\":[]}\n");
    }

    @Test
    void writesPrometheusTextUnderTheNamesAndLabelsOfEnvoy() throws IOException {
        String text = written(PrometheusText::write, named("search|6025|runtime"));

        assertThat(text).isEqualTo("""
            # TYPE envoy_cluster_circuit_breakers_default_cx_open gauge
            envoy_cluster_circuit_breakers_default_cx_open{envoy_cluster_name="search-https_eqiad"} 0
            # TYPE envoy_cluster_upstream_cx_connect_fail counter
            envoy_cluster_upstream_cx_connect_fail{envoy_cluster_name="search-https_eqiad"} 0
            # TYPE envoy_cluster_upstream_rq counter
            envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="search-https_eqiad"} 2
            envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="search-https_eqiad"} 1
            # TYPE envoy_cluster_upstream_rq_time histogram
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="search-https_eqiad",le="0.5"} 1
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="search-https_eqiad",le="1"} 2
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="search-https_eqiad",le="2500"} 2
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="search-https_eqiad",le="+Inf"} 3
            envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="search-https_eqiad"} 3001.9
            envoy_cluster_upstream_rq_time_count{envoy_cluster_name="search-https_eqiad"} 3
            # TYPE envoy_cluster_upstream_rq_total counter
            envoy_cluster_upstream_rq_total{envoy_cluster_name="search-https_eqiad"} 3
            # TYPE envoy_cluster_upstream_rq_xx counter
            envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="search-https_eqiad"} 2
            envoy_cluster_upstream_rq_xx{envoy_response_code_class="5",envoy_cluster_name="search-https_eqiad"} 1
            # TYPE envoy_http_downstream_cx_active gauge
            envoy_http_downstream_cx_active{envoy_http_conn_manager_prefix="search_egress"} 0
            # TYPE envoy_http_downstream_rq_xx counter
            envoy_http_downstream_rq_xx{envoy_response_code_class="1",envoy_http_conn_manager_prefix="search_egress"} 0
            envoy_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="search_egress"} 1
            envoy_http_downstream_rq_xx{envoy_response_code_class="3",envoy_http_conn_manager_prefix="search_egress"} 0
            envoy_http_downstream_rq_xx{envoy_response_code_class="4",envoy_http_conn_manager_prefix="search_egress"} 0
            envoy_http_downstream_rq_xx{envoy_response_code_class="5",envoy_http_conn_manager_prefix="search_egress"} 0
            # TYPE envoy_listener_downstream_cx_total counter
            envoy_listener_downstream_cx_total{envoy_listener_address="127.0.0.1_6025"} 1
            # TYPE envoy_runtime_admin_overrides_active gauge
            envoy_runtime_admin_overrides_active{} 0
            """);
        assertThat(PrometheusParser.parse(text)).hasSize(10);
    }

    @Test
    void writesOneFamilyOnceForAllClusters() throws IOException {
        Map<String, PrometheusParser.Family> families =
                PrometheusParser.parse(written(PrometheusText::write, StatsFilter.ALL));

        assertThat(families.get("envoy_cluster_upstream_rq_total").samples())
                .extracting(sample -> sample.labels().get("envoy_cluster_name"))
                .containsExactly("mw-api-int", "search-https_eqiad");
    }

    @Test
    void labelsEachPartOfANameThatIsOne() throws IOException {
        stats.listener("127.0.0.1:6025")
                .scope("http", "search_egress", "envoy_http_conn_manager_prefix")
                .statuses("downstream_rq", false)
                .count(200);

        assertThat(written(PrometheusText::write, named("6025.http.search_egress.downstream_rq_2xx")))
                .isEqualTo("""
                    # TYPE envoy_listener_http_downstream_rq_xx counter
                    envoy_listener_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="search_egress",envoy_listener_address="127.0.0.1_6025"} 1
                    """);
    }

    @Test
    void escapesLabelValues() throws IOException {
        stats.cluster("odd\"\\\n").counter("x").increment();

        Map<String, PrometheusParser.Family> families =
                PrometheusParser.parse(written(PrometheusText::write, named("odd")));

        assertThat(families.get("envoy_cluster_x").samples().getFirst().labels())
                .containsEntry("envoy_cluster_name", "odd\"\\\n");
    }

    @Test
    void leavesUnusedFamiliesOutOfPrometheusText() throws IOException {
        assertThat(PrometheusParser.parse(written(PrometheusText::write, USED)))
                .containsOnlyKeys(
                        "envoy_cluster_upstream_rq",
                        "envoy_cluster_upstream_rq_time",
                        "envoy_cluster_upstream_rq_total",
                        "envoy_cluster_upstream_rq_xx",
                        "envoy_http_downstream_cx_active",
                        "envoy_http_downstream_rq_xx",
                        "envoy_listener_downstream_cx_total",
                        "envoy_runtime_admin_overrides_active");
    }
}
