package dev.attache.core.localreply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.LocalReplyConfig;
import dev.attache.core.config.LocalReplyConfig.BodyFormat;
import dev.attache.core.config.LocalReplyConfig.Mapper;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.LogFormat.JsonValue;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.StatusFilter.Op;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Stats;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalRepliesTest {

    private static final BodyFormat PAGE = new BodyFormat(
            new LogFormat.Text("<p>ü %RESPONSE_CODE%: %LOCAL_REPLY_BODY%</p>\n", false), "text/html; charset=UTF-8");

    private final Runtime runtime =
            Runtime.of(RuntimeConfig.DEFAULT, Stats.create(StatsConfig.DEFAULT).scope("runtime"));
    private final Exchange exchange = Exchange.begin();

    private static Mapper mapper(Op op, int status, String key, BodyFormat format) {
        return new Mapper(
                new StatusFilter(op, status, key), 0, Optional.empty(), Optional.ofNullable(format), List.of());
    }

    private Response applied(LocalReplyConfig config, LocalReply reply) {
        Response response = Response.local(reply);
        new LocalReplies(config, runtime).apply(response, exchange);
        return response;
    }

    private static String text(Response response) throws Exception {
        ByteBuffer bytes = response.body().read();
        return bytes == null ? "" : StandardCharsets.UTF_8.decode(bytes).toString();
    }

    @Test
    void givesTheBareTextAsPlainText() throws Exception {
        Response response =
                applied(LocalReplyConfig.NONE, new LocalReply(503, "no healthy upstream", "no_healthy_upstream"));

        assertThat(response.status()).isEqualTo(503);
        assertThat(text(response)).isEqualTo("no healthy upstream");
        assertThat(response.headers().get("content-type")).isEqualTo("text/plain");
        assertThat(response.headers().get("content-length")).isEqualTo("19");
        assertThat(exchange.details()).isEqualTo("no_healthy_upstream");
        assertThat(exchange.localReplyBody()).isEqualTo("no healthy upstream");
        assertThat(exchange.status()).isEqualTo(503);
    }

    @Test
    void leavesWhatTheUpstreamAnsweredAlone() throws Exception {
        Response response = new Response(503, HttpFields.build(), Body.of("theirs".getBytes(StandardCharsets.UTF_8)));

        new LocalReplies(new LocalReplyConfig(List.of(mapper(Op.GE, 500, "", PAGE)), Optional.of(PAGE)), runtime)
                .apply(response, exchange);

        assertThat(text(response)).isEqualTo("theirs");
        assertThat(response.headers().size()).isZero();
        assertThat(exchange.status()).isZero();
    }

    @Test
    void putsTheTextIntoTheErrorPageOfStatusesThatPassTheFilter() throws Exception {
        LocalReplyConfig config =
                new LocalReplyConfig(List.of(mapper(Op.GE, 502, "errorpage_min_code", PAGE)), Optional.empty());

        Response page = applied(config, new LocalReply(504, "upstream request timeout", "upstream_response_timeout"));
        assertThat(text(page)).isEqualTo("<p>ü 504: upstream request timeout</p>\n");
        assertThat(page.headers().get("content-type")).isEqualTo("text/html; charset=UTF-8");
        assertThat(page.headers().get("content-length")).isEqualTo("40");

        Response plain = applied(config, new LocalReply(404, "", "route_not_found"));
        assertThat(text(plain)).isEmpty();

        runtime.modify(Map.of("errorpage_min_code", "404"));
        assertThat(text(applied(config, new LocalReply(404, "", "route_not_found"))))
                .isEqualTo("<p>ü 404: </p>\n");
    }

    @Test
    void appliesTheFirstMapperThatFitsAndNoOther() throws Exception {
        Mapper first = new Mapper(
                new StatusFilter(Op.EQ, 404, ""),
                410,
                Optional.of("gone"),
                Optional.empty(),
                List.of(new HeaderAddition("x-mapped", "%RESPONSE_CODE%")));
        LocalReplyConfig config = new LocalReplyConfig(List.of(first, mapper(Op.GE, 400, "", PAGE)), Optional.empty());

        Response response = applied(config, new LocalReply(404, "not here", "route_not_found"));

        assertThat(response.status()).isEqualTo(410);
        assertThat(text(response)).isEqualTo("gone");
        assertThat(response.headers().get("x-mapped")).isEqualTo("410");
        assertThat(exchange.localReplyBody()).isEqualTo("gone");
        assertThat(exchange.status()).isEqualTo(410);
    }

    @Test
    void formatsAllOthersAsTheWholeSaysWithNumbersInJson() throws Exception {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        members.put("httpCode", new JsonValue.Template("%RESPONSE_CODE%"));
        members.put("httpReason", new JsonValue.Template("%LOCAL_REPLY_BODY%"));
        BodyFormat json = new BodyFormat(new LogFormat.Json(new JsonValue.Members(members), false), "");
        Mapper notFound =
                new Mapper(new StatusFilter(Op.EQ, 404, ""), 0, Optional.of("Not Found"), Optional.empty(), List.of());

        Response response = applied(
                new LocalReplyConfig(List.of(notFound), Optional.of(json)), new LocalReply(404, "", "route_not_found"));

        assertThat(text(response)).isEqualTo("{\"httpCode\":404,\"httpReason\":\"Not Found\"}\n");
        assertThat(response.headers().get("content-type")).isEqualTo("application/json");
    }

    @Test
    void keepsAContentTypeThatTheReplyBrought() throws Exception {
        LocalReply reply = new LocalReply(
                200, "{}", "direct_response", HttpFields.build().put("content-type", "application/json"));

        Response response = applied(LocalReplyConfig.NONE, reply);

        assertThat(response.headers().getValuesList("content-type")).containsExactly("application/json");
    }

    @Test
    void hasNoContentTypeWithoutABody() throws Exception {
        LocalReply reply = new LocalReply(
                301,
                "",
                "direct_response",
                HttpFields.build().put("location", "/x").put("content-type", "text/plain"));

        Response response = applied(LocalReplyConfig.NONE, reply);

        assertThat(response.headers().contains("content-type")).isFalse();
        assertThat(response.headers().get("content-length")).isEqualTo("0");
        assertThat(response.headers().get("location")).isEqualTo("/x");
        assertThat(text(response)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 204, 304})
    void sendsNoBodyWithAStatusThatHasNone(int status) throws Exception {
        Response response = applied(LocalReplyConfig.NONE, new LocalReply(status, "text", "direct_response"));

        assertThat(text(response)).isEmpty();
        assertThat(response.headers().contains("content-length")).isFalse();
    }

    @Test
    void answersHeadWithTheHeadersOfTheBodyAlone() throws Exception {
        exchange.received(Request.get("/").withHeaders(HttpFields.EMPTY));
        exchange.received(new Request("HEAD", "http", "a", "/", HttpFields.EMPTY, Body.EMPTY));

        Response response =
                applied(LocalReplyConfig.NONE, new LocalReply(503, "no healthy upstream", "no_healthy_upstream"));

        assertThat(text(response)).isEmpty();
        assertThat(response.headers().get("content-length")).isEqualTo("19");
        assertThat(response.headers().get("content-type")).isEqualTo("text/plain");
    }

    private void receiveCall(String method) {
        exchange.received(new Request(
                method, "http", "a", "/s/m", HttpFields.build().put("content-type", "application/grpc"), Body.EMPTY));
    }

    @ParameterizedTest
    @CsvSource({
        "400, 13", "401, 16", "403, 7", "404, 12", "429, 14", "502, 14", "503, 14", "504, 14", "500, 2", "301, 2"
    })
    void tellsAGrpcCallInHeadersAlone(int status, String grpcStatus) throws Exception {
        receiveCall("POST");

        Response response = applied(LocalReplyConfig.NONE, new LocalReply(status, "why", "details"));

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers().get("grpc-status")).isEqualTo(grpcStatus);
        assertThat(response.headers().get("grpc-message")).isEqualTo("why");
        assertThat(response.headers().get("content-type")).isEqualTo("application/grpc");
        assertThat(response.headers().contains("content-length")).isFalse();
        assertThat(response.body().length()).isZero();
        assertThat(exchange.details()).isEqualTo("details");
        assertThat(exchange.localReplyBody()).isEqualTo("why");
    }

    @Test
    void tellsAGrpcCallTheStatusThatAReplySays() {
        receiveCall("POST");
        LocalReply reply = new LocalReply(504, "late", "upstream_response_timeout").withGrpcStatus(4);

        assertThat(applied(LocalReplyConfig.NONE, reply).headers().get("grpc-status"))
                .isEqualTo("4");
    }

    @Test
    void saysNothingOfGrpcToAnyoneElse() {
        LocalReply reply = new LocalReply(504, "late", "upstream_response_timeout").withGrpcStatus(4);

        Response response = applied(LocalReplyConfig.NONE, reply);

        assertThat(response.status()).isEqualTo(504);
        assertThat(response.headers().contains("grpc-status")).isFalse();
    }

    @Test
    void encodesAMessageAsBytesInPercent() {
        receiveCall("POST");

        Response response = applied(LocalReplyConfig.NONE, new LocalReply(503, "100% ü~\n", ""));

        assertThat(response.headers().get("grpc-message")).isEqualTo("100%25 %C3%BC~%0A");
    }

    @Test
    void mapsWhatAGrpcCallIsToldByTheHttpStatus() {
        receiveCall("POST");
        Mapper mapper = new Mapper(
                new StatusFilter(Op.EQ, 503, ""),
                404,
                Optional.of("gone"),
                Optional.of(PAGE),
                List.of(new HeaderAddition("x-mapped", "%RESPONSE_CODE%")));

        Response response = applied(
                new LocalReplyConfig(List.of(mapper), Optional.empty()),
                new LocalReply(503, "no healthy upstream", ""));

        assertThat(response.headers().get("grpc-status")).isEqualTo("12");
        assertThat(response.headers().get("grpc-message")).isEqualTo("<p>%C3%BC 404: gone</p>%0A");
        assertThat(response.headers().get("content-type")).isEqualTo("application/grpc");
        assertThat(response.headers().get("x-mapped")).isEqualTo("404");
    }

    @Test
    void letsAMapperSayTheGrpcStatus() {
        receiveCall("POST");
        Mapper mapper = new Mapper(
                new StatusFilter(Op.GE, 500, ""),
                0,
                Optional.empty(),
                Optional.empty(),
                List.of(new HeaderAddition("grpc-status", "8")));

        Response response =
                applied(new LocalReplyConfig(List.of(mapper), Optional.empty()), new LocalReply(503, "busy", ""));

        assertThat(response.headers().getValuesList("grpc-status")).containsExactly("8");
    }

    @Test
    void tellsAGrpcCallAnObjectWithoutTheLineFeedThatEndsIt() {
        receiveCall("POST");
        BodyFormat json = new BodyFormat(
                new LogFormat.Json(
                        new JsonValue.Members(Map.of("text", new JsonValue.Template("%LOCAL_REPLY_BODY%"))), false),
                "");

        Response response =
                applied(new LocalReplyConfig(List.of(), Optional.of(json)), new LocalReply(503, "busy", ""));

        assertThat(response.headers().get("grpc-message")).isEqualTo("{\"text\":\"busy\"}");
    }

    @Test
    void cutsAPageThatWouldNotFitAHead() {
        receiveCall("POST");

        Response response = applied(LocalReplyConfig.NONE, new LocalReply(503, "é".repeat(5000), ""));

        assertThat(response.headers().get("grpc-message"))
                .hasSizeBetween(TrailersOnly.MOST_MESSAGE, TrailersOnly.MOST_MESSAGE + 2)
                .endsWith("%A9");
    }

    @Test
    void givesAHeadRequestOfGrpcNoMessage() {
        receiveCall("HEAD");

        Response response = applied(LocalReplyConfig.NONE, new LocalReply(503, "busy", ""));

        assertThat(response.headers().get("grpc-status")).isEqualTo("14");
        assertThat(response.headers().contains("grpc-message")).isFalse();
    }
}
