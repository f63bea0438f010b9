package dev.attache.admin.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bodies much larger than the memory of the proxy. */
@Timeout(300)
class StreamingTest {

    private static final long GIBIBYTE = 1L << 30;
    private static final int ECHOED = 64 << 20;
    private static final int PART = 64 << 10;

    @TempDir
    private Path folder;

    /** How much came, and which. */
    private record Sum(long bytes, long crc) {}

    @Test
    void passesAGibibyteUpAndDownInLittleMemory() throws Exception {
        CompletableFuture<Sum> received = new CompletableFuture<>();
        CompletableFuture<Sum> sent = new CompletableFuture<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    received.complete(read(peer.in(), GIBIBYTE));
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                    peer.readHead();
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: " + GIBIBYTE + "\r\n\r\n");
                    sent.complete(write(peer.out(), GIBIBYTE));
                    peer.awaitEnd();
                });
                Running running = serving(upstream.port());
                RawClient client = RawClient.connect(running.port())) {
            client.send("PUT /up HTTP/1.1\r\nhost: demo\r\ncontent-length: " + GIBIBYTE + "\r\n\r\n");
            Sum uploaded = write(Channels.newOutputStream(client.channel()), GIBIBYTE);
            assertThat(client.readAnswer().status()).isEqualTo(200);
            assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(uploaded);

            client.send("GET /down HTTP/1.1\r\nhost: demo\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);
            Sum downloaded = read(client, GIBIBYTE);
            assertThat(downloaded).isEqualTo(sent.get(60, TimeUnit.SECONDS));
            assertThat(running.program().err()).noneMatch(line -> line.contains("OutOfMemory"));
        }
    }

    @Test
    void echoesWhileTheUploadIsStillGoingOn() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: " + ECHOED + "\r\n\r\n");
                    byte[] part = new byte[PART];
                    for (long left = ECHOED; left > 0; ) {
                        int count = peer.in().read(part);
                        peer.out().write(part, 0, count);
                        left -= count;
                    }
                    peer.awaitEnd();
                });
                Running running = serving(upstream.port());
                RawClient client = RawClient.connect(running.port())) {
            client.send("POST /echo HTTP/1.1\r\nhost: demo\r\ncontent-length: " + ECHOED + "\r\n\r\n");
            CompletableFuture<Sum> uploaded = new CompletableFuture<>();
            Thread.ofVirtual().name("upload").start(() -> {
                try {
                    uploaded.complete(write(Channels.newOutputStream(client.channel()), ECHOED));
                } catch (IOException | RuntimeException failed) {
                    uploaded.completeExceptionally(failed);
                }
            });

            assertThat(client.readHead().status()).isEqualTo(200);
            Sum echoed = read(client, ECHOED);

            assertThat(echoed).isEqualTo(uploaded.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void deliversAnAnswerThatComesBeforeTheEndOfTheUpload() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.readBody(PART);
                    peer.send("HTTP/1.1 413 Content Too Large\r\n"
                            + "content-length: 9\r\n"
                            + "connection: close\r\n\r\n"
                            + "too large");
                    peer.awaitEnd();
                });
                Running running = serving(upstream.port());
                RawClient client = RawClient.connect(running.port())) {
            client.send("PUT /up HTTP/1.1\r\nhost: demo\r\ncontent-length: " + GIBIBYTE + "\r\n\r\n");
            Thread.ofVirtual().name("upload").start(() -> {
                try {
                    write(Channels.newOutputStream(client.channel()), GIBIBYTE);
                } catch (IOException stopped) {
                    // The proxy does not take the rest.
                }
            });

            RawClient.Answer answer = client.readAnswer();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("too large");
        }
    }

    private Running serving(int upstream) throws Exception {
        return Running.inFrontOf(upstream, folder, List.of("-Xmx64m"), "");
    }

    /** Writes bytes of a pattern that no part repeats. */
    private static Sum write(OutputStream out, long bytes) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] part = new byte[PART];
        for (int i = 0; i < part.length; i++) {
            part[i] = (byte) (i * 31 + (i >> 8));
        }
        for (long left = bytes; left > 0; ) {
            part[0] = (byte) (left >> 16);
            part[1] = (byte) (left >> 24);
            int count = (int) Math.min(left, part.length);
            out.write(part, 0, count);
            crc.update(part, 0, count);
            left -= count;
        }
        return new Sum(bytes, crc.getValue());
    }

    private static Sum read(InputStream in, long bytes) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] part = new byte[PART];
        long read = 0;
        while (read < bytes) {
            int count = in.read(part, 0, (int) Math.min(part.length, bytes - read));
            if (count < 0) {
                break;
            }
            crc.update(part, 0, count);
            read += count;
        }
        return new Sum(read, crc.getValue());
    }

    private static Sum read(RawClient client, long bytes) throws IOException {
        CRC32C crc = new CRC32C();
        for (long read = 0; read < bytes; ) {
            byte[] part = client.readBytes((int) Math.min(PART, bytes - read));
            crc.update(part, 0, part.length);
            read += part.length;
        }
        return new Sum(bytes, crc.getValue());
    }
}
