package dev.attache.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.LogFormat;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Request;
import dev.attache.core.http.ResponseFlag;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {

    private Exchange exchange = Exchange.begin();

    private static InetSocketAddress address(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException never) {
            throw new AssertionError(never);
        }
    }

    private static String line(String format, Exchange exchange) {
        return Format.line(new LogFormat.Text(format, false)).apply(exchange);
    }

    @BeforeEach
    void anExchangeThatFailed() {
        exchange = Exchange.begin(new Exchange.Downstream(
                address("127.0.0.1", 4711), address("127.0.0.1", 6025), address("2001:db8::1", 99), "HTTP/1.1"));
        HttpFields.Mutable headers = HttpFields.build();
        headers.put("user-agent", "curl/8 \"x\"");
        headers.put("x-forwarded-for", "10.1.2.3");
        headers.put("x-request-id", "11111111-2222-4333-8444-555555555555");
        headers.put("x-empty", "");
        headers.add("x-many", "one");
        headers.add("x-many", "two");
        exchange.received(
                new Request("GET", "http", "en.wikipedia.org", "/w/api.php?a=b&q=%C3%A9&flag", headers, Body.EMPTY));
        exchange.routed("search", "search_route");
        exchange.cluster("search-https_eqiad");
        exchange.attempt("search.svc.eqiad.wmnet:9243", address("10.2.2.30", 9243));
        exchange.attempt("search.svc.eqiad.wmnet:9243", address("10.2.2.30", 9243));
        exchange.upstreamLocalAddress(address("10.64.0.1", 40000));
        exchange.upstreamTransportFailure("TLS error: bad certificate");
        exchange.details("upstream_reset_before_response_started{connection failure}");
        exchange.localReplyBody("upstream connect error\n");
        exchange.flag(ResponseFlag.UPSTREAM_CONNECTION_FAILURE);
        exchange.flag(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
        HttpFields.Mutable response = HttpFields.build();
        response.put("content-type", "text/plain");
        response.put("x-envoy-upstream-service-time", "12");
        exchange.responded(503, response);
        exchange.responseTrailers(HttpFields.build().put("x-checksum", "abc"));
        exchange.received(17L);
        exchange.sent(91L);
    }

    @Test
    void writesEnvoysDefaultLineByteForByte() {
        String start = exchange.start().truncatedTo(ChronoUnit.MILLIS).toString();
        if (start.length() == "2026-11-23T06:35:00Z".length()) {
            start = start.replace("Z", ".000Z"); // Instant leaves zeros out.
        }

        String line = line(Format.ENVOY_LINE.replace("%DURATION%", "7"), exchange);

        assertThat(line)
                .isEqualTo("[" + start + "] \"GET /w/api.php?a=b&q=%C3%A9&flag HTTP/1.1\" 503 UF,URX 17 91 7 12"
                        + " \"10.1.2.3\" \"curl/8 \"x\"\" \"11111111-2222-4333-8444-555555555555\""
                        + " \"en.wikipedia.org\" \"10.2.2.30:9243\"\n");
    }

    @Test
    void writesADashForWhatIsAbsentInEnvoysDefaultLine() {
        Exchange empty = Exchange.begin();

        String line = line(Format.ENVOY_LINE.replace("[%START_TIME%]", "[t]").replace("%DURATION%", "0"), empty);

        assertThat(line).isEqualTo("[t] \"- - HTTP/1.1\" 0 - 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"-\"\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "%REQ(:METHOD)% %REQ(:PATH)%              | GET /w/api.php?a=b&q=%C3%A9&flag",
                "%REQ(:SCHEME)% %REQ(HOST)%               | http en.wikipedia.org",
                "%REQUEST_HEADER(User-Agent)%             | curl/8 \"x\"",
                "%REQ(X-NONE?X-FORWARDED-FOR)%            | 10.1.2.3",
                "%REQ(X-NONE)%,%REQ(X-NONE?X-NADA)%       | -,-",
                "<%REQ(X-EMPTY)%>                         | <>",
                "%REQ(X-MANY)%                            | one",
                "%REQ(USER-AGENT):4%                      | curl",
                "%REQ_WITHOUT_QUERY(:PATH)%               | /w/api.php",
                "%RESP(Content-Type)% %RESP(:STATUS)%     | text/plain 503",
                "%RESPONSE_HEADER(x)% %RESPONSE_TRAILER(X-CHECKSUM)% %TRAILER(y)% | - abc -",
                "%PROTOCOL% %UPSTREAM_PROTOCOL%           | HTTP/1.1 HTTP/1.1",
                "%RESPONSE_CODE%                          | 503",
                "%RESPONSE_CODE_DETAILS%                  | upstream_reset_before_response_started{connection_failure}",
                "%RESPONSE_CODE_DETAILS(ALLOW_WHITESPACES)% | upstream_reset_before_response_started{connection"
                        + " failure}",
                "%RESPONSE_FLAGS%                         | UF,URX",
                "%RESPONSE_FLAGS_LONG%                    | UpstreamConnectionFailure,UpstreamRetryLimitExceeded",
                "%BYTES_RECEIVED% %BYTES_SENT%            | 17 91",
                "%UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS% | 10.2.2.30:9243 10.2.2.30:9243",
                "%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_REMOTE_PORT% | 10.2.2.30 9243",
                "%UPSTREAM_HOST_NAME% %UPSTREAM_HOST_NAME_WITHOUT_PORT% | search.svc.eqiad.wmnet:9243"
                        + " search.svc.eqiad.wmnet",
                "%UPSTREAM_CLUSTER% %UPSTREAM_CLUSTER_RAW% | search-https_eqiad search-https_eqiad",
                "%UPSTREAM_LOCAL_ADDRESS% %UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %UPSTREAM_LOCAL_PORT% |"
                        + " 10.64.0.1:40000 10.64.0.1 40000",
                "%UPSTREAM_REQUEST_ATTEMPT_COUNT%         | 2",
                "%UPSTREAM_TRANSPORT_FAILURE_REASON%      | TLS_error:_bad_certificate",
                "%ROUTE_NAME%                             | search_route",
                "%DOWNSTREAM_REMOTE_ADDRESS%              | [2001:db8::1]:99",
                "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_REMOTE_PORT% | 2001:db8::1 99",
                "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT% | 127.0.0.1:4711"
                        + " 127.0.0.1",
                "%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_PORT% | 127.0.0.1:6025 6025",
                "%PATH% %PATH(NQ)% %PATH(WQ:PATH)%        | /w/api.php?a=b&q=%C3%A9&flag /w/api.php"
                        + " /w/api.php?a=b&q=%C3%A9&flag",
                "%PATH(NQ:ORIG)%                          | -",
                "%QUERY_PARAM(a)% <%QUERY_PARAM(flag)%> %QUERY_PARAM(none)% | b <> -",
                "%QUERY_PARAM(q):3%                       | %C3",
                "%QUERY_PARAMS% %QUERY_PARAMS(ORIG)%      | a=b&q=%C3%A9&flag a=b&q=%C3%A9&flag",
                "%GRPC_STATUS% %GRPC_STATUS_NUMBER%       | - -",
                "%LOCAL_REPLY_BODY%                       | upstream connect error\\x0a",
                "%DYNAMIC_METADATA(a:b:c):3% %TRACE_ID% %DOWNSTREAM_PEER_SUBJECT% | - - -",
                "%ACCESS_LOG_TYPE%                        | DownstreamEnd",
                "%ENVIRONMENT(NO_SUCH_VARIABLE_HERE)%     | -",
                "100%% sure                               | 100% sure",
                "%START_TIME(%%)%                         | %",
            })
    void formats(String format, String expected) {
        assertThat(line(format, exchange)).isEqualTo(expected);
    }

    @Test
    void knowsTheProcess() {
        assertThat(line("%HOSTNAME%", exchange)).isNotEmpty().isNotEqualTo("-");
        assertThat(line("%ENVIRONMENT(PATH)%", exchange)).isEqualTo(System.getenv("PATH"));
        assertThat(line("%UNIQUE_ID%", exchange)).hasSize(36).isNotEqualTo(line("%UNIQUE_ID%", exchange));
        assertThat(line("%STREAM_ID%", exchange)).isEqualTo(Long.toString(exchange.id()));
    }

    @Test
    void prefersTheRequestAsItStandsNowAndKnowsTheOriginalPath() {
        Request received = exchange.request();
        assertThat(received).isNotNull();
        exchange.originalPath("/old?x=y");
        exchange.request(received.withTarget("/new").withAuthority("upstream.example"));

        assertThat(line("%REQ(:PATH)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %REQ(:AUTHORITY)%", exchange))
                .isEqualTo("/new /old?x=y upstream.example");
        assertThat(line("%PATH% %PATH(NQ:ORIG)% %PATH(WQ:PATH)%", exchange)).isEqualTo("/old?x=y /old /new");
    }

    @Test
    void measuresBetweenPhases() {
        for (Phase phase : Phase.values()) {
            exchange.mark(phase);
        }

        assertThat(line(
                        "%DURATION% %REQUEST_DURATION% %REQUEST_TX_DURATION% %RESPONSE_DURATION%"
                                + " %RESPONSE_TX_DURATION%",
                        exchange))
                .matches("\\d+ \\d+ \\d+ \\d+ \\d+");
        assertThat(line("%COMMON_DURATION(US_TX_BEG:US_RX_BEG:ns)%", exchange))
                .isEqualTo(Long.toString(exchange.between(Phase.US_TX_BEG, Phase.US_RX_BEG)));
        assertThat(line("%COMMON_DURATION(US_TX_BEG:US_RX_BEG:us)%", exchange))
                .isEqualTo(Long.toString(exchange.between(Phase.US_TX_BEG, Phase.US_RX_BEG) / 1000));
    }

    @Test
    void hasNoDurationBetweenPhasesThatWereNotReached() {
        assertThat(line("%REQUEST_DURATION% %RESPONSE_DURATION% %COMMON_DURATION(DS_RX_BEG:US_RX_END:ms)%", exchange))
                .isEqualTo("- - -");
        assertThat(line("%DURATION%", exchange)).matches("\\d+");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "%FT%TZ                      | 2009-02-13T23:31:30Z",
                "%Y-%m-%d %H:%M:%S.%3f       | 2009-02-13 23:31:30.045",
                "%s.%6f                      | 1234567890.045000",
                "%f                          | 045000000",
                "%1f%9f                      | 0045000000",
                "%d/%b/%Y:%T %z              | 13/Feb/2009:23:31:30 +0000",
                "%a %A %B %j %y %e %I%p %R %D %Ez %Z | Fri Friday February 044 09 13 11PM 23:31 02/13/09 +00:00 UTC",
            })
    void formatsTimes(String format, String expected) {
        StringBuilder out = new StringBuilder();
        TimeFormat.compile(new OperatorCall("START_TIME", format, 1), java.time.ZoneOffset.UTC)
                .append(out, Instant.ofEpochSecond(1234567890L, 45_000_000).toEpochMilli());

        assertThat(out.toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "::,::",
        "::1,::1",
        "1::,1::",
        "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1,2001:db8:0:1:1:1:1:1",
        "fe80:0:0:0:0:0:0:abcd,fe80::abcd",
        "1:2:3:4:5:6:7:8,1:2:3:4:5:6:7:8",
        "10.0.0.1,10.0.0.1"
    })
    void shortensAddresses(String address, String expected) {
        StringBuilder out = new StringBuilder();
        Addresses.appendHost(out, address(address, 1));

        assertThat(out.toString()).isEqualTo(expected);
    }

    @Test
    void showsUnixSocketsByTheirPath() {
        exchange.attempt("local", UnixDomainSocketAddress.of("/run/app.sock"));

        assertThat(line("%UPSTREAM_HOST% %UPSTREAM_REMOTE_PORT%", exchange)).isEqualTo("/run/app.sock -");
    }

    @Test
    void neverLooksUpANameThatWasNotResolved() {
        exchange.attempt("x", InetSocketAddress.createUnresolved("name.invalid", 80));

        assertThat(line("%UPSTREAM_HOST%", exchange)).isEqualTo("name.invalid:80");
    }

    @ParameterizedTest
    @CsvSource({
        "application/grpc,5,,NotFound 5 NOT_FOUND",
        "application/grpc+proto,,14,Unavailable 14 UNAVAILABLE",
        "application/grpc,,,Unavailable 14 UNAVAILABLE",
        "application/grpc,77,,77 77 77",
        "application/grpc,x,,Unknown 2 UNKNOWN",
        "application/grpc-web,5,5,- - -",
        "text/plain,5,5,- - -"
    })
    void tellsTheStatusOfGrpcCalls(String type, String inTrailer, String inHeader, String expected) {
        exchange.received(
                new Request("POST", "http", "a", "/", HttpFields.build().put("content-type", type), Body.EMPTY));
        exchange.responded(
                503, inHeader == null ? HttpFields.EMPTY : HttpFields.build().put("grpc-status", inHeader));
        exchange.responseTrailers(
                inTrailer == null ? HttpFields.EMPTY : HttpFields.build().put("grpc-status", inTrailer));

        assertThat(line("%GRPC_STATUS% %GRPC_STATUS(NUMBER)% %GRPC_STATUS(SNAKE_STRING)%", exchange))
                .isEqualTo(expected);
    }

    @Test
    void tellsOfACallThatBrokeOffBeforeItsTrailersThatNobodyKnows() {
        exchange.received(new Request(
                "POST", "http", "a", "/", HttpFields.build().put("content-type", "application/grpc"), Body.EMPTY));
        exchange.responded(200, HttpFields.EMPTY);

        assertThat(line("%GRPC_STATUS% %GRPC_STATUS_NUMBER%", exchange)).isEqualTo("Unknown 2");
    }

    @Test
    void letsNoPeerBreakALine() {
        exchange.responded(
                200, HttpFields.build().put(new org.eclipse.jetty.http.HttpField("x", "a\r\nb\u0000c\u007fd\te")));

        assertThat(line("%RESP(X)%\n", exchange)).isEqualTo("a\\x0d\\x0ab\\x00c\\x7fd\te\n");
        assertThat(Format.header("%RESP(X)%").apply(exchange)).isEqualTo("a\\x0d\\x0ab\\x00c\\x7fd\te");
        assertThat(Format.body(new LogFormat.Text("%RESP(X)%", false)).apply(exchange))
                .isEqualTo("a\r\nb\u0000c\u007fd\te");
    }

    @Test
    void writesTheBytesOfAPeerAsTheyCameAndLiteralsAsUtf8() {
        String received = new String("é".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        exchange.responded(200, HttpFields.build().put("x", received));

        byte[] line = Format.line(new LogFormat.Text("ü %RESP(X)%", false)).bytes(exchange);

        assertThat(new String(line, StandardCharsets.UTF_8)).isEqualTo("ü é");
    }

    @Test
    void leavesAbsentValuesOutWhereToldTo() {
        assertThat(Format.line(new LogFormat.Text("<%REQ(X-NONE)%>", true)).apply(exchange))
                .isEqualTo("<>");
        assertThat(Format.header("<%REQ(X-NONE)%>").apply(exchange)).isEqualTo("<>");
    }

    @Test
    void knowsWhetherItIsConstant() {
        assertThat(Format.header("").constant()).isTrue();
        assertThat(Format.header("100%%").constant()).isTrue();
        assertThat(Format.header("%PROTOCOL%").constant()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a %RESPONSE_COD% b         | position 3: %RESPONSE_COD%: unknown operator; did you mean"
                        + " RESPONSE_CODE?",
                "%XYZZY%                    | position 1: %XYZZY%: unknown operator",
                "50% off                    | position 3: % off (expected: %NAME%, %NAME(argument)%,"
                        + " %NAME(argument):LENGTH%, or %% for a percent sign)",
                "%REQ(a%                    | position 1: %REQ(a% (expected: ) before the next operator's end)",
                "%REQ%                      | position 1: %REQ%: no argument (expected: REQ(header))",
                "%REQ(a?b?c)%               | position 1: %REQ%: (a?b?c) (expected: one header, or two with ? between"
                        + " them)",
                "%REQ(a?)%                  | position 1: %REQ%: (a?) (expected: one header, or two with ? between"
                        + " them)",
                "%PROTOCOL(x)%              | position 1: %PROTOCOL%: (x) (expected: no argument)",
                "%PROTOCOL:x%               | position 1: %PROTOCOL:x% (expected: %NAME%, %NAME(argument)%,"
                        + " %NAME(argument):LENGTH%, or %% for a percent sign)",
                "%REQ(a):99999999999%       | position 1: %REQ(a):99999999999% (expected: a length below 2147483648)",
                "%START_TIME(%Q)%           | position 1: %START_TIME%: %Q (expected: one of %Y %m %d %H %M %S %3f %s"
                        + " %F %T %z and the like)",
                "%COMMON_DURATION(A:B)%     | position 1: %COMMON_DURATION%: (A:B) (expected: START:END:ms,"
                        + " START:END:us or START:END:ns)",
                "%COMMON_DURATION(DS_RX_BEG:DS_RX_END:h)% | position 1: %COMMON_DURATION%: h (expected: ms, us or ns)",
                "%PATH(XX)%                 | position 1: %PATH%: XX (expected: WQ or NQ)",
                "%PROTOCOL                  | position 1: %PROTOCOL (expected: %NAME%, %NAME(argument)%,"
                        + " %NAME(argument):LENGTH%, or %% for a percent sign)",
            })
    void refusesWhatIsNoFormatAndSaysWhere(String format, String message) {
        assertThatThrownBy(() -> Format.header(format))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void namesThePhasesWhereOneIsUnknown() {
        assertThatThrownBy(() -> Format.header("%COMMON_DURATION(DS_RX:DS_RX_END:ms)%"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DS_RX (expected: one of [DS_RX_BEG, ");
    }
}
