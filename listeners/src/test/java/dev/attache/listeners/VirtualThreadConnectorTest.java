package dev.attache.listeners;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.http2.FlowControl;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 90, threadMode = ThreadMode.SEPARATE_THREAD)
class VirtualThreadConnectorTest {

    private static final int MEBIBYTE = 1024 * 1024;

    /** What waits for a peer at most: two frames of HTTP/2. */
    private static final int QUEUE = 32 * 1024;

    @TempDir
    private Path folder;

    @Test
    void answersRequestsOneAfterAnotherOnOneHttp2ConnectionOverTls() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (VirtualThreadServer server = VirtualThreadServer.tls(new NamingHandler(), serverContext(ca));
                HttpClient client =
                        HttpClient.newBuilder().sslContext(ca.clientContext()).build()) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> response = client.send(request(server, "/" + i), BodyHandlers.ofString());

                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(response.body()).isEqualTo("HTTP/2.0 https /" + i);
            }
            assertThat(server.connections()).hasSize(1);
        }
    }

    @Test
    void answersOneStreamWhileTheHandlerOfAnotherWaits() throws Exception {
        Certificates ca = Certificates.in(folder);
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        Handler handler = new NamingHandler() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                if (Request.getPathInContext(request).equals("/slow")) {
                    waiting.countDown();
                    answered.await();
                }
                return super.handle(request, response, callback);
            }
        };
        try (VirtualThreadServer server = VirtualThreadServer.tls(handler, serverContext(ca));
                HttpClient client =
                        HttpClient.newBuilder().sslContext(ca.clientContext()).build()) {
            client.send(request(server, "/first"), BodyHandlers.ofString());
            CompletableFuture<HttpResponse<String>> slow =
                    client.sendAsync(request(server, "/slow"), BodyHandlers.ofString());
            waiting.await();

            HttpResponse<String> quick = client.send(request(server, "/quick"), BodyHandlers.ofString());
            assertThat(quick.body()).endsWith("/quick");
            assertThat(slow).isNotDone();
            answered.countDown();

            assertThat(slow.get().body()).endsWith("/slow");
            assertThat(server.connections()).hasSize(1);
        }
    }

    @Test
    void echoesOverHttp1AndTlsWhileTheUploadStillComes() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (VirtualThreadServer server = VirtualThreadServer.tls(new EchoHandler(), serverContext(ca));
                SSLSocket client =
                        (SSLSocket) ca.clientContext().getSocketFactory().createSocket("127.0.0.1", server.port())) {
            OutputStream out = client.getOutputStream();
            InputStream in = client.getInputStream();
            out.write("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(US_ASCII));
            for (int i = 0; i < 3; i++) {
                out.write(("7\r\npart-" + i + "!\r\n").getBytes(US_ASCII));

                assertThat(readTo(in, "part-" + i + "!")).isNotEmpty();
            }
            out.write("0\r\n\r\n".getBytes(US_ASCII));
            assertThat(readTo(in, "0\r\n\r\n")).isNotEmpty();

            out.write("POST /again HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nagain".getBytes(US_ASCII));
            assertThat(readTo(in, "again\r\n0\r\n\r\n")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void goesOnReadingFromAPeerThatDoesNotReadAndSendsItAllOnceItDoes() throws Exception {
        int blocks = 512;
        AtomicLong written = new AtomicLong();
        CountDownLatch second = new CountDownLatch(1);
        Handler handler = new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                if (Request.getPathInContext(request).equals("/second")) {
                    second.countDown();
                    callback.succeeded();
                    return true;
                }
                byte[] block = new byte[16 * 1024];
                try (OutputStream out = Content.Sink.asOutputStream(response)) {
                    for (int i = 0; i < blocks; i++) {
                        out.write(block);
                        written.addAndGet(block.length);
                    }
                }
                callback.succeeded();
                return true;
            }
        };
        try (VirtualThreadServer server = VirtualThreadServer.h2c(handler);
                RawHttp2Client client = new RawHttp2Client(server.address())) {
            client.get(1, "/first");
            Waiting.until(() -> written.get() > 0);
            Waiting.untilSteady(written::get);
            // The socket buffers of both ends (the kernel doubles them), and what the queue and the codec hold.
            assertThat(written.get()).isLessThan(4L * VirtualThreadServer.SOCKET_BUFFER + 4L * QUEUE);
            assertThat(server.connection().held()).isLessThanOrEqualTo(2 * QUEUE);
            for (int i = 0; i < 50; i++) {
                client.ping(i);
            }
            client.get(3, "/second");

            second.await();

            Waiting.untilSteady(written::get);
            assertThat(written.get()).isLessThan((long) blocks * 16 * 1024);
            long received = 0;
            int pongs = 0;
            int ended = 0;
            while (ended < 2 || pongs < 50) {
                RawHttp2Client.Frame frame = client.read();
                received += frame.type() == RawHttp2Client.DATA ? frame.payload().length : 0;
                pongs += frame.is(RawHttp2Client.PING, RawHttp2Client.ACK) ? 1 : 0;
                ended += frame.type() <= RawHttp2Client.HEADERS && (frame.flags() & RawHttp2Client.END_STREAM) != 0
                        ? 1
                        : 0;
            }
            assertThat(received).isEqualTo((long) blocks * 16 * 1024);
        }
    }

    @Test
    void twoInARowCarrySixteenMebibytesBothWaysAtTheSameTime() throws Exception {
        HTTP2Client clients = new HTTP2Client();
        clients.setFlowControlStrategyFactory(FlowControl::new);
        clients.start();
        try (VirtualThreadServer echo = VirtualThreadServer.h2c(new EchoHandler());
                VirtualThreadServer proxy = VirtualThreadServer.h2c(
                        new ForwardingHandler(connect(clients, echo), "http://127.0.0.1:" + echo.port() + "/"))) {
            BlockingStream stream =
                    BlockingStream.post(connect(clients, proxy), "http://127.0.0.1:" + proxy.port() + "/");
            byte[] sent = new byte[16 * MEBIBYTE];
            new Random(1).nextBytes(sent);
            FutureTask<Void> upload = new FutureTask<>(() -> {
                for (int at = 0; at < sent.length; at += 64 * 1024) {
                    stream.write(ByteBuffer.wrap(sent, at, 64 * 1024), at + 64 * 1024 == sent.length);
                }
                return null;
            });
            Thread.ofVirtual().start(upload);

            ByteBuffer received = ByteBuffer.allocate(sent.length);
            for (byte[] part = stream.read(); part != null; part = stream.read()) {
                received.put(part);
            }

            upload.get();
            assertThat(received.flip()).isEqualTo(ByteBuffer.wrap(sent));
        } finally {
            clients.stop();
        }
    }

    private static Session connect(HTTP2Client clients, VirtualThreadServer server) throws Exception {
        return clients.connect(server.address(), new Session.Listener() {}).get(30, TimeUnit.SECONDS);
    }

    private static SSLContext serverContext(Certificates ca) {
        Leaf leaf = ca.issue("localhost", "127.0.0.1");
        return leaf.serverContext();
    }

    private static HttpRequest request(VirtualThreadServer server, String path) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
                .build();
    }

    private static String readTo(InputStream in, String end) throws Exception {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            assertThat(next).as("end after: %s", text).isNotNegative();
            text.append((char) next);
        }
        return text.toString();
    }

    /** Answers with what it was asked. */
    private static class NamingHandler extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            String text = request.getConnectionMetaData().getProtocol() + " "
                    + request.getHttpURI().getScheme() + " " + Request.getPathInContext(request);
            Content.Sink.write(response, true, text, callback);
            return true;
        }
    }

    /** Passes on to a stream of {@code upstream} what comes, and what it answers, on two blocking threads. */
    private static final class ForwardingHandler extends Handler.Abstract {

        private final Session upstream;
        private final String uri;

        ForwardingHandler(Session upstream, String uri) {
            this.upstream = upstream;
            this.uri = uri;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            BlockingStream stream = BlockingStream.post(upstream, uri);
            FutureTask<Void> upload = new FutureTask<>(() -> {
                byte[] buffer = new byte[16 * 1024];
                try (InputStream in = Content.Source.asInputStream(request)) {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        stream.write(ByteBuffer.wrap(buffer, 0, n), false);
                    }
                }
                stream.write(ByteBuffer.allocate(0), true);
                return null;
            });
            Thread.ofVirtual().start(upload);
            try (OutputStream out = Content.Sink.asOutputStream(response)) {
                for (byte[] part = stream.read(); part != null; part = stream.read()) {
                    out.write(part);
                    out.flush();
                }
            }
            upload.get();
            callback.succeeded();
            return true;
        }
    }
}
