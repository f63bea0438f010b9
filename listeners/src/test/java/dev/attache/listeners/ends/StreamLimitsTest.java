package dev.attache.listeners.ends;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.RouteAction;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.fixtures.frames.Frame;
import dev.attache.core.fixtures.frames.FramePeer;
import dev.attache.core.fixtures.frames.FrameServer;
import dev.attache.core.fixtures.frames.Hpack;
import dev.attache.core.fixtures.frames.Opening;
import dev.attache.core.fixtures.frames.Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with one stream of HTTP/2, or too much, is of that stream alone. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class StreamLimitsTest {

    private static final int MAX_FRAME = 16_384;
    private static final int GRPC_JAVA_HEADER_LIST = 8192;
    private static final String OCTETS_OF_UTF_8 = "/caf\u00c3\u00a9";
    private static final String OCTET_OF_LATIN_1 = "/caf\u00e9";

    @TempDir
    private Path folder;

    @Test
    void aHeadAboveWhatTheUpstreamAdvisesIsSentAndItsConnectionStays() throws Exception {
        Opening small = Opening.DEFAULT.with(Frame.MAX_HEADER_LIST_SIZE, GRPC_JAVA_HEADER_LIST);
        try (Stage stage = Stage.of(folder, FrameServer.answering(small, Stage.PLAIN), _ -> {})) {
            FramePeer client = stage.client();
            Stage.serves(client, 1);
            String[] large = FramePeer.get("/", "x-large", "x".repeat(2 * GRPC_JAVA_HEADER_LIST));
            client.send(block(3, true, large));

            assertThat(client.whole(3).status()).isEqualTo(200);
            for (int i = 0; i < 5; i++) {
                Stage.serves(client, 5 + 2 * i);
            }
            assertThat(stage.upstream.peers()).hasSize(1);
        }
    }

    @Test
    void anAnswerAboveWhatTheClientAdvisesIsSentAndItsConnectionStays() throws Exception {
        FrameServer.Answer large = (peer, stream) -> peer.send(
                Frame.head(stream, false, ":status", "200", "x-large", "x".repeat(10_000)),
                Frame.data(stream, "plain", true));
        try (Stage stage = Stage.answering(folder, large)) {
            FramePeer client = stage.client(Opening.DEFAULT.with(Frame.MAX_HEADER_LIST_SIZE, 1000));

            for (int i = 0; i < 3; i++) {
                client.send(Frame.head(2 * i + 1, true, FramePeer.get("/")));
                assertThat(client.whole(2 * i + 1).body()).isEqualTo("plain");
            }
        }
    }

    @Test
    void aRewriteOfOtherLettersGoesOutAsItsOctetsAndHarmsNoConnection() throws Exception {
        try (Stage stage = Stage.of(
                folder,
                FrameServer.answering(Opening.DEFAULT, Stage.PLAIN),
                settings -> settings.limited =
                        forward -> forward.path(new RouteAction.PathRewrite.Prefix("/\u65e5\u672c")))) {
            FramePeer client = stage.client();
            Stage.serves(client, 1);
            client.send(Frame.head(3, true, FramePeer.get("/limited")));

            assertThat(client.whole(3).status()).isEqualTo(200);
            for (int i = 0; i < 5; i++) {
                Stage.serves(client, 5 + 2 * i);
            }
            assertThat(stage.upstream.peers()).hasSize(1);
            assertThat(stage.proxy.stat("cluster.up.upstream_rq_rx_reset")).isEqualTo("0");
            stage.nothingIsInProgress();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {70_000, 200_000})
    void aHeadThatIsTooLargeIsAnswered431AndTheOthersGoOn(int octets) throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(Frame.head(1, false, FramePeer.request("POST", "/")));
            int other = stage.arrived();

            client.send(block(3, true, FramePeer.get("/", "x-large", "x".repeat(octets))));

            assertThat(client.whole(3).status()).isEqualTo(431);
            othersGoOn(stage, client, other);
        }
    }

    @Test
    void aRequestOfTooManyFieldsIsAnswered431AndTheOthersGoOn() throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(Frame.head(1, false, FramePeer.request("POST", "/")));
            int other = stage.arrived();

            client.send(Frame.head(3, false, FramePeer.request("POST", "/", fields(200))));

            Stream seen = client.whole(3);
            assertThat(seen.status()).isEqualTo(431);
            client.await("a reset of the rest", 3, Stream::wasReset);
            assertThat(client.seen(3).resets).containsOnly(Frame.NO_ERROR);
            othersGoOn(stage, client, other);
        }
    }

    @Test
    void trailersOfTooManyFieldsReachNobodyAndTheOthersGoOn() throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(Frame.head(1, false, FramePeer.request("POST", "/")));
            int other = stage.arrived();
            client.send(Frame.head(3, false, FramePeer.request("POST", "/")));
            int stream = stage.arrived();

            client.send(Frame.head(3, true, fields(200)));

            client.over(3);
            stage.upstream.peer(0).await("a reset", stream, Stream::wasReset);
            assertThat(stage.upstream.peer(0).seen(stream).ended()).isFalse();
            othersGoOn(stage, client, other);
        }
    }

    @Test
    void aHeadPastAllMeasureEndsItsConnectionWithTheTrueReason() throws Exception {
        try (Stage stage = Stage.answering(folder, Stage.PLAIN)) {
            FramePeer client = stage.client();
            try {
                client.send(block(1, true, FramePeer.get("/", "x-large", "x".repeat(2_000_000))));
            } catch (IOException cutOff) {
                // As it is sent, or a little later.
            }

            client.awaitClosed();

            assertThat(client.goAwayCode()).isEqualTo(Frame.ENHANCE_YOUR_CALM);
            stage.servesOthers();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "99999999999999999999999999", "-1", "1, 2", "x", ""})
    void aLengthThatIsNoneIsOfItsStreamAlone(String length) throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(Frame.head(1, false, FramePeer.request("POST", "/")));
            int other = stage.arrived();

            client.send(Frame.head(3, false, FramePeer.request("POST", "/", "content-length", length)));

            assertThat(client.over(3).resets).containsExactly(Frame.PROTOCOL_ERROR);
            assertThat(client.seen(3).head()).isEmpty();
            othersGoOn(stage, client, other);
        }
    }

    /** A stream that was in progress is answered, and another one after it. */
    private static void othersGoOn(Stage stage, FramePeer client, int other) throws IOException {
        stage.upstream.peer(0).send(Frame.head(other, false, ":status", "200"), Frame.data(other, "plain", true));
        assertThat(client.whole(1).body()).as(client::toString).isEqualTo("plain");
        client.send(Frame.reset(1, Frame.CANCEL));
        client.send(Frame.head(101, true, FramePeer.get("/")));
        int stream = stage.upstream.peer(0).nextHead();
        while (stage.upstream.peer(0).seen(stream).wasReset()) {
            stream = stage.upstream.peer(0).nextHead();
        }
        stage.upstream.peer(0).send(Frame.head(stream, false, ":status", "200"), Frame.data(stream, "plain", true));
        assertThat(client.whole(101).body()).as(client::toString).isEqualTo("plain");
        stage.nothingIsInProgress();
    }

    private static String[] fields(int count) {
        String[] fields = new String[2 * count];
        for (int i = 0; i < count; i++) {
            fields[2 * i] = "x-" + i;
            fields[2 * i + 1] = "y";
        }
        return fields;
    }

    /** A head in as many frames as it needs. */
    private static List<Frame> block(int stream, boolean end, String... namesAndValues) {
        byte[] block = Hpack.encode(namesAndValues);
        return Frame.continued(stream, end, block, block.length / MAX_FRAME + 1);
    }

    /** Requests that no version of HTTP allows. */
    private enum Malformed {
        UPPER_CASE(FramePeer.get("/", "X-Upper", "1")),
        UNKNOWN_PSEUDO_FIELD(FramePeer.get("/", ":unknown", "1")),
        STATUS(FramePeer.get("/", ":status", "200")),
        PSEUDO_FIELD_BEHIND_A_FIELD(":method", "GET", ":scheme", "http", "x", "y", ":path", "/", ":authority", "a"),
        CONNECTION(FramePeer.get("/", "connection", "keep-alive")),
        TRANSFER_ENCODING(FramePeer.get("/", "transfer-encoding", "chunked")),
        TE(FramePeer.get("/", "te", "trailers, deflate")),
        EMPTY_PATH(FramePeer.get("")),
        NO_METHOD(":scheme", "http", ":path", "/", ":authority", "a"),
        NO_SCHEME(":method", "GET", ":path", "/", ":authority", "a"),
        NO_PATH(":method", "GET", ":scheme", "http", ":authority", "a"),
        TWO_METHODS(FramePeer.get("/", ":method", "GET")),
        TWO_SCHEMES(FramePeer.get("/", ":scheme", "http")),
        TWO_PATHS(FramePeer.get("/", ":path", "/")),
        PROTOCOL_WITHOUT_CONNECT(FramePeer.get("/", ":protocol", "websocket")),
        LINE_END_IN_A_VALUE(FramePeer.get("/", "x", "a\r\nb: c")),
        NUL_IN_A_VALUE(FramePeer.get("/", "x", "a\0b")),
        BLANK_IN_A_NAME(FramePeer.get("/", "x y", "z")),
        NO_NAME(FramePeer.get("/", "", "z"));

        private final String[] fields;

        Malformed(String... fields) {
            this.fields = fields;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMalformedRequestIsResetWithoutAnAnswerAndLoggedOnce(Malformed malformed) throws Exception {
        try (Stage stage = Stage.answering(folder, Stage.PLAIN)) {
            FramePeer client = stage.client();
            Stage.serves(client, 1);

            client.send(Frame.head(3, true, malformed.fields));

            Stream seen = client.over(3);
            assertThat(seen.head()).isEmpty();
            assertThat(seen.resets).containsExactly(Frame.PROTOCOL_ERROR);
            Stage.serves(client, 5);
            stage.nothingIsInProgress();
            client.close();
            Waiting.until("three lines", () -> stage.proxy.lines().size() >= 3);
            assertThat(stage.proxy.lines())
                    .filteredOn(line -> line.contains(" 0 DPE "))
                    .hasSize(1);
            assertThat(stage.proxy.lines()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void contentOnAClosedStreamIsAnError(boolean reset) throws Exception {
        try (Stage stage = Stage.answering(folder, Stage.PLAIN)) {
            FramePeer client = stage.client();
            if (reset) {
                client.send(Frame.head(1, false, FramePeer.request("POST", "/")), Frame.reset(1, Frame.CANCEL));
            } else {
                Stage.serves(client, 1);
            }

            client.send(Frame.data(1, "late", true));

            client.await(
                    "an error",
                    () -> client.closed()
                            || client.goAway() != null
                            || client.seen(1).resets.contains(Frame.STREAM_CLOSED));
            stage.servesOthers();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void theOctetsOfATargetThatIsTakenAreTheSameOnBothSides(boolean http2Client, boolean http2Upstream)
            throws Exception {
        List<String> targets = List.of(OCTETS_OF_UTF_8, OCTET_OF_LATIN_1, "/caf%C3%A9", "/a?q=\u00e9\u00c3\u00a9");
        LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();
        FrameServer.Answer noting = (peer, stream) -> {
            seen.add(peer.seen(stream).field(":path"));
            Stage.PLAIN.to(peer, stream);
        };
        try (FrameServer second = FrameServer.answering(Opening.DEFAULT, noting);
                RawUpstream first = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        seen.add(head.split(" ")[1]);
                        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nplain");
                    }
                });
                Proxy proxy = Proxy.start(
                        http2Upstream ? second.port() : first.port(),
                        http2Upstream,
                        folder.resolve("access.log"),
                        new Proxy.Settings())) {
            List<String> taken = new ArrayList<>();
            for (String target : targets) {
                int status = http2Client ? http2Status(proxy, target) : http1Status(proxy, target);
                assertThat(status).isIn(200, 400);
                if (status == 200) {
                    taken.add(target);
                }
            }
            assertThat(taken).contains("/caf%C3%A9");
            assertThat(new ArrayList<>(seen)).isEqualTo(taken);
        }
    }

    private static int http2Status(Proxy proxy, String target) throws IOException {
        try (FramePeer client = FramePeer.client(proxy.address(), Opening.DEFAULT)) {
            client.send(Frame.head(1, true, FramePeer.get(target)));
            Stream seen = client.over(1);
            // Refused as malformed, without an answer.
            return seen.resets.contains(Frame.PROTOCOL_ERROR) ? 400 : seen.status();
        }
    }

    private static int http1Status(Proxy proxy, String target) throws IOException {
        try (RawClient client = RawClient.connect(proxy.address())) {
            client.send("GET " + target + " HTTP/1.1\r\nhost: a\r\n\r\n");
            return client.readHead().status();
        }
    }
}
