package dev.attache.admin.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.DnsServer;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.fixtures.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service moves from 127.0.0.1 to 127.0.0.2 in DNS, while requests for it go on. */
class DnsChangeTest {

    private static final String NAME = "demo.test";
    private static final int REQUESTS = 20_000;
    /** Once this many questions were asked after a change, the answer to one of them has been put to use. */
    private static final int ROUND = 3;

    @TempDir
    private Path folder;

    @Test
    void movesTrafficToTheNewAddressWithoutAFailedRequestAndStaysThereWhenDnsFails() throws Exception {
        try (RawUpstream before = upstream("127.0.0.1", 0, "before");
                RawUpstream after = upstream("127.0.0.2", before.port(), "after");
                DnsServer dns = DnsServer.start()) {
            DnsServer.Entry name = dns.name(NAME).addresses("127.0.0.1");
            try (Served served = Served.yaml(config(dns, before.port()));
                    Callers callers = new Callers(served)) {
                assertThat(callers.nextAnswers()).containsOnly("before");

                name.addresses("127.0.0.2");
                awaitRound(name);
                assertThat(callers.nextAnswers()).containsOnly("after");

                name.servfail();
                awaitRound(name);
                assertThat(callers.nextAnswers()).containsOnly("after");
                assertThat(served.proxy()
                                .stats()
                                .cluster("demo")
                                .counter("update_failure")
                                .value())
                        .isPositive();
            }
            Waiting.until("the old connections are closed", () -> before.open() == 0);
            assertThat(after.connections()).isPositive();
        }
    }

    private static RawUpstream upstream(String address, int port, String answer) {
        return RawUpstream.at(new InetSocketAddress(InetAddress.ofLiteral(address), port), peer -> {
            for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: " + answer.length() + "\r\n\r\n" + answer);
            }
        });
    }

    private String config(DnsServer dns, int port) throws Exception {
        Path empty = Files.createFile(folder.resolve("empty"));
        return """
            listeners: [{name: demo, port: 6100, upstream: "%s:%d", encryption: false}]
            access_log_path: /dev/null
            dns: {servers: ["%s"], search: [], hosts_file: %s, resolv_conf: %s, refresh_rate: 50ms, family: V4_ONLY}
            """.formatted(NAME, port, dns.address(), empty, empty);
    }

    private static void awaitRound(DnsServer.Entry name) {
        int asked = name.questions();
        Waiting.until("DNS is asked again", () -> name.questions() >= asked + ROUND);
    }

    /** Clients that send one request after the other, and remember each answer. */
    private static final class Callers implements AutoCloseable {
        private static final int CALLERS = 4;
        private static final int ENOUGH = 40;

        /** An answer to a request that began in a phase of the test. */
        private record Answer(int phase, String text) {}

        private final Served served;
        private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> running = new ArrayList<>();
        private volatile int phase;
        private volatile boolean stop;

        Callers(Served served) {
            this.served = served;
            for (int i = 0; i < CALLERS; i++) {
                running.add(threads.submit(this::call));
            }
        }

        private void call() {
            try (RawClient client = served.connect("demo")) {
                for (int i = 0; i < REQUESTS && !stop; i++) {
                    int begun = phase;
                    RawClient.Answer answer = Served.get(client, "/");
                    String text = answer.status() == 200 ? "" : answer.head().text();
                    answers.add(new Answer(begun, text + answer.body()));
                }
            } catch (IOException failed) {
                answers.add(new Answer(phase, failed.toString()));
            }
        }

        /** The answers to some requests that begin from now on. */
        List<String> nextAnswers() {
            int now = phase + 1;
            phase = now;
            Waiting.until("answers", () -> of(now).size() >= ENOUGH || ended());
            return of(now);
        }

        private List<String> of(int wanted) {
            return answers.stream()
                    .filter(answer -> answer.phase() == wanted)
                    .map(Answer::text)
                    .toList();
        }

        private boolean ended() {
            return running.stream().anyMatch(Future::isDone);
        }

        @Override
        public void close() {
            stop = true;
            threads.close();
            assertThat(answers).extracting(Answer::text).containsOnly("before", "after");
        }
    }
}
