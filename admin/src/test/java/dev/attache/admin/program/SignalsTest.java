package dev.attache.admin.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.fixtures.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program does when it gets a signal. */
@Timeout(120)
class SignalsTest {

    @TempDir
    private Path folder;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void finishesWhatIsInProgressAndEnds(String signal) throws Exception {
        try (RawUpstream upstream = RawUpstream.start(this::answerLater);
                Running running = serving(upstream.port(), "");
                RawClient client = RawClient.connect(running.port())) {
            int port = running.port();
            client.send("GET /slow HTTP/1.1\r\nhost: demo\r\n\r\n");
            reached.await();

            running.program().signal(signal);

            running.program().awaitErr(signal + ": stopping");
            Waiting.until("the listener closed", () -> isRefused(port));
            go.countDown();
            RawClient.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("late");
            Program.Ended ended = running.program().ended();
            assertThat(ended.exit()).isZero();
            assertThat(ended.err()).noneMatch(line -> line.contains("Exception"));
            assertThat(folder.resolve("admin.sock")).doesNotExist();
        }
    }

    @Test
    void endsAtOnceOnASecondSignal() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(this::answerLater);
                Running running = serving(upstream.port(), "");
                RawClient client = RawClient.connect(running.port())) {
            client.send("GET /slow HTTP/1.1\r\nhost: demo\r\n\r\n");
            reached.await();
            running.program().signal("TERM");
            running.program().awaitErr("TERM: stopping");

            running.program().signal("INT");

            Program.Ended ended = running.program().ended();
            assertThat(ended.exit()).isZero();
            assertThat(ended.err()).anyMatch(line -> line.contains("INT again: ending at once"));
            go.countDown();
        }
    }

    @Test
    void goesOnAfterHup() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Running running = serving(upstream.port(), "")) {
            int port = running.port();

            running.program().signal("HUP");

            running.program().awaitErr("HUP");
            assertThat(running.get("/after").status()).isEqualTo(200);
            assertThat(running.port()).isEqualTo(port);
            assertThat(running.program().err())
                    .filteredOn(line -> line.contains("HUP"))
                    .hasSize(1);
        }
    }

    @Test
    void opensItsLogsAnewAfterUsr1() throws Exception {
        Path log = folder.resolve("access.log");
        Path moved = folder.resolve("access.log.1");
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering());
                Running running = serving(upstream.port(), "access_log_path: " + log + "\n")) {
            assertThat(running.get("/first").status()).isEqualTo(503);
            Waiting.until("the first line", () -> lines(log) == 1);
            Files.move(log, moved);

            running.program().signal("USR1");

            Waiting.until("a new file", () -> Files.exists(log));
            assertThat(running.get("/second").status()).isEqualTo(503);
            Waiting.until("the second line", () -> lines(log) == 1);
            assertThat(Files.readString(log)).contains("/second");
            assertThat(Files.readString(moved)).contains("/first").doesNotContain("/second");
        }
    }

    @Test
    void answersTheCallThatEndsIt() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Running running = serving(upstream.port(), "")) {
            RawClient.Answer answer = running.admin("POST", "/quitquitquit");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("OK\n");
            assertThat(running.program().ended().exit()).isZero();
        }
    }

    private Running serving(int upstream, String more) throws Exception {
        return Running.inFrontOf(upstream, folder, List.of(), more);
    }

    private void answerLater(RawUpstream.Peer peer) throws Exception {
        peer.readHead();
        reached.countDown();
        go.await();
        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate");
    }

    private static boolean isRefused(int port) {
        try {
            RawClient.connect(port).close();
            return false;
        } catch (IOException refused) {
            return true;
        }
    }

    private static int lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
