package dev.attache.benchmarks;

import dev.attache.core.hpack.BlockBuffer;
import dev.attache.core.hpack.HpackDecoder;
import dev.attache.core.hpack.HpackEncoder;
import dev.attache.core.hpack.HpackException;
import dev.attache.core.http.Headers;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The head of a request of HTTP/2, decoded and encoded, beside Jetty's codec: 13 fields on a connection that has carried
 * some before, of which path, request id and trace are new each time. Jetty's also makes the parts of a request of it.
 * Run with {@code -prof gc} for bytes a head.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HpackBenchmark {

    private static final int HEADS = 512;
    private static final int BEFORE = 4;

    private final Headers[] heads = new Headers[HEADS];
    private final MetaData.Request[] requests = new MetaData.Request[HEADS];
    private final ByteBuffer[] blocks = new ByteBuffer[HEADS];
    private final HpackEncoder encoder = new HpackEncoder(4096);
    private final HpackDecoder decoder = new HpackDecoder(4096);
    private final org.eclipse.jetty.http2.hpack.HpackEncoder jettyEncoder =
            new org.eclipse.jetty.http2.hpack.HpackEncoder();
    private final org.eclipse.jetty.http2.hpack.HpackDecoder jettyDecoder =
            new org.eclipse.jetty.http2.hpack.HpackDecoder(8192, () -> 0L);
    private final BlockBuffer block = new BlockBuffer();
    private final ByteBuffer jettyBlock = ByteBuffer.allocate(8192);
    private int next;

    /** Makes the heads, and sends some of them so that all tables are as they stay. */
    @Setup
    public void fill() throws Exception {
        Random random = new Random(1);
        jettyEncoder.setMaxTableCapacity(4096);
        jettyEncoder.setTableCapacity(4096);
        for (int i = 0; i < HEADS; i++) {
            heads[i] = head(random);
            requests[i] = request(heads[i]);
            encode(i);
            blocks[i] = ByteBuffer.wrap(block.written().array().clone(), 0, block.length());
            if (i < BEFORE) {
                decode(i);
                jettyDecode(i);
                jettyEncode(i);
            }
        }
        next = BEFORE;
    }

    private static Headers head(Random random) {
        String hex = String.format("%016x%016x", random.nextLong(), random.nextLong());
        return new Headers()
                .add(":method", "GET")
                .add(":scheme", "https")
                .add(":authority", "api.example.com")
                .add(":path", "/v1/users/" + random.nextInt(1_000_000) + "/orders?limit=20&sort=created")
                .add("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:138.0) Gecko/20100101 Firefox/138.0")
                .add("accept", "application/json, text/plain, */*")
                .add("accept-encoding", "gzip, deflate, br, zstd")
                .add("accept-language", "en-GB,en;q=0.7,de;q=0.3")
                .add("cookie", "session=9f86d081884c7d659a2feaa0c55ad015; theme=dark")
                .add("x-forwarded-for", "203.0.113.195")
                .add("x-forwarded-proto", "https")
                .add("x-request-id", new UUID(random.nextLong(), random.nextLong()).toString())
                .add("traceparent", "00-" + hex + "-" + hex.substring(16) + "-01");
    }

    private static MetaData.Request request(Headers head) {
        HttpFields.Mutable fields = HttpFields.build();
        for (int i = 4; i < head.size(); i++) {
            fields.add(head.name(i), head.value(i));
        }
        return new MetaData.Request(
                head.value(0),
                head.value(1),
                new HostPortHttpField(head.value(2)),
                HttpURI.from("https", "api.example.com", -1, head.value(3)).getPathQuery(),
                HttpVersion.HTTP_2,
                fields.asImmutable(),
                -1);
    }

    private int advance() {
        next = next + 1 < HEADS ? next + 1 : BEFORE;
        return next;
    }

    /** A block to fields. */
    @Benchmark
    public Headers decode() throws HpackException {
        return decode(advance());
    }

    private Headers decode(int index) throws HpackException {
        Headers headers = new Headers(16);
        decoder.decode(blocks[index].rewind(), headers::add);
        return headers;
    }

    /** The same block to Jetty's fields. */
    @Benchmark
    public MetaData decodeByJetty() throws Exception {
        return jettyDecode(advance());
    }

    private MetaData jettyDecode(int index) throws Exception {
        return jettyDecoder.decode(blocks[index].rewind());
    }

    /** Fields to a block, after a look whether they can be sent. */
    @Benchmark
    public int encode() {
        return encode(advance());
    }

    private int encode(int index) {
        block.clear();
        encoder.begin(block);
        encoder.encode(heads[index], block);
        return block.length();
    }

    /** The same fields to a block by Jetty. */
    @Benchmark
    public int encodeByJetty() throws Exception {
        return jettyEncode(advance());
    }

    private int jettyEncode(int index) throws Exception {
        jettyEncoder.encode(jettyBlock.clear(), requests[index]);
        return jettyBlock.position();
    }
}
