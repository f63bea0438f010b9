package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.http.Authority;
import dev.attache.core.http.RequestTarget;
import dev.attache.core.http1.HeadBytes;
import dev.attache.core.http1.IllegalHeadException;
import dev.attache.core.http1.MalformedMessageException;
import dev.attache.core.http1.MessageParser;
import dev.attache.core.http1.MessageParser.Framing;
import dev.attache.core.http1.Mutations;
import dev.attache.core.stats.Stats;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a client sends is a request or is refused as none; nothing else comes of it, and what passes can be sent on. */
class RequestFuzzTest {

    private static final List<String> REQUESTS = List.of(
            "GET /a/b?c=d HTTP/1.1\r\nHost: a.example:8080\r\nX-A: b\r\nAccept: */*\r\n\r\n",
            "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /%41;x=y HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
            "PUT / HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\nTrailer: x-t\r\n\r\n"
                    + "5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\nx-t: v\r\n\r\n",
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n",
            "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\nbytes",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: x-a, close\r\nX-A: b\r\n\r\n",
            "GET http://a/b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

    @ParameterizedTest
    @EnumSource
    void nothingButARefusalComesOfWhatIsNoRequest(UnderscoresInHeaders underscored) {
        Stats stats = Stats.create(StatsConfig.DEFAULT);
        HttpConfig config = HttpConfig.builder("x", RouteTableConfig.builder().build())
                .acceptHttp10(true)
                .underscores(underscored)
                .build();
        UnderscoreRules underscores = new UnderscoreRules(underscored, stats.scope("http1"));
        RequestRules rules = new RequestRules(config, underscores);
        Mutations mutations = new Mutations(Mutations.SEED + underscored.ordinal(), REQUESTS);
        for (int i = 0; i < Mutations.ROUNDS; i++) {
            byte[] message = mutations.next();
            try {
                read(mutations, message, rules, underscores);
            } catch (MalformedMessageException refused) {
                assertThat(BadRequestException.of(refused).reply().status()).isIn(400, 414, 431, 505);
            } catch (Exception | LinkageError | AssertionError | StackOverflowError bug) {
                fail("round " + i + ": " + Mutations.quoted(message), bug);
            }
        }
        stats.close();
    }

    private static void read(Mutations mutations, byte[] message, RequestRules rules, UnderscoreRules underscores)
            throws MalformedMessageException, IllegalHeadException {
        MessageParser parser = new MessageParser(new MessageParser.Limits(4096, 20, false, true, false), 1024);
        int at = 0;
        while (at < message.length) {
            parser.begin();
            RequestHead head = new RequestHead(true);
            while (!parser.parseHead(head)) {
                if (at == message.length) {
                    return;
                }
                at = mutations.feed(parser, message, at);
            }
            head.complete();
            if (head.isHttp2() || !(rules.check(head) instanceof RequestRules.Accepted accepted)) {
                return;
            }
            forward(head, accepted);
            if (!head.upgrade().isEmpty()) {
                return;
            }
            boolean chunked = head.transferEncoding() != null;
            parser.body(chunked ? Framing.CHUNKED : Framing.LENGTH, Math.max(0, head.contentLength()));
            while (!parser.complete()) {
                if (parser.takePart() == null && !parser.complete()) {
                    if (at == message.length) {
                        return;
                    }
                    at = mutations.feed(parser, message, at);
                }
            }
            TrailerRules.ofRequest(parser.trailers(), underscores);
        }
    }

    /** What was taken can be written. */
    private static void forward(RequestHead head, RequestRules.Accepted accepted) throws IllegalHeadException {
        assertThat(
                        head.isConnect()
                                ? Authority.isHostAndPort(accepted.authority())
                                : Authority.isValid(accepted.authority()))
                .isTrue();
        assertThat(head.isConnect() || accepted.target().equals("*") || RequestTarget.isPathAndQuery(accepted.target()))
                .isTrue();
        HeadBytes out = new HeadBytes(HeaderCase.LOWER, new byte[64]);
        out.token(head.method(), "method");
        out.target(head.isConnect() ? accepted.authority() : accepted.target());
        out.value(accepted.authority(), "host");
        for (HttpField field : accepted.headers()) {
            out.field(field);
        }
    }
}
