package dev.attache.core.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.AccessLogConfig.Sink;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.GrpcStatusFilter;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.http.Exchange;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Stats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class AccessLogWriterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private final Runtime runtime = Runtime.of(RuntimeConfig.DEFAULT, stats.scope("runtime"));
    private final Counter dropped = stats.scope("access_logs").counter("dropped");
    private final AtomicLong clock = new AtomicLong();
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final AccessLogWriter writer = writer(8 << 20);

    private AccessLogWriter writer(long maxBytes) {
        return new AccessLogWriter(stats, maxBytes, clock::get, new PrintStream(stdout), new PrintStream(stderr));
    }

    @AfterEach
    void close() {
        writer.close();
    }

    private static AccessLogConfig config(Sink sink, String format) {
        return new AccessLogConfig(sink, Optional.of(new LogFormat.Text(format, false)), Optional.empty());
    }

    private AccessLog open(AccessLogWriter in, Path path, String format) {
        return in.open(List.of(config(new Sink.File(path), format)), runtime);
    }

    private static Exchange exchange(int status) {
        Exchange exchange = Exchange.begin();
        exchange.responded(status, HttpFields.EMPTY);
        return exchange;
    }

    private static Exchange exchange(String text) {
        Exchange exchange = Exchange.begin();
        exchange.responded(200, HttpFields.build().put("x", text));
        return exchange;
    }

    @Test
    void appendsALineForEachExchange() throws IOException {
        Path file = folder.resolve("a.log");
        Files.writeString(file, "before\n");
        AccessLog log = open(writer, file, "%RESPONSE_CODE%\n");

        log.log(exchange(200));
        log.log(exchange(503));
        writer.close();

        assertThat(file).hasContent("before\n200\n503\n");
        assertThat(dropped.value()).isZero();
    }

    @Test
    void writesEnvoysFormatWhereNoneIsConfigured() throws IOException {
        Path file = folder.resolve("a.log");
        AccessLog log = writer.open(
                List.of(new AccessLogConfig(new Sink.File(file), Optional.empty(), Optional.empty())), runtime);

        log.log(exchange(503));
        writer.close();

        assertThat(Files.readString(file))
                .matches("\\[\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z] \"- - HTTP/1.1\" 503 - 0 0 \\d+ - \"-\" \"-\" \"-\" \"-\""
                        + " \"-\"\n");
    }

    @ParameterizedTest
    @CsvSource({"false, '14 in trailers, 503 '", "true, '0 in trailers, 200 '"})
    void logsWhatHasEndedAsTheFilterSays(boolean exclude, String logged) throws IOException {
        Path file = folder.resolve("a.log");
        AccessLog log = writer.open(
                List.of(new AccessLogConfig(
                        new Sink.File(file),
                        Optional.of(new LogFormat.Text("%TRAILER(GRPC-STATUS)%%RESP(X-SHOWN)%, ", true)),
                        Optional.empty(),
                        Optional.of(new GrpcStatusFilter(Set.of(14), exclude)))),
                runtime);
        for (String status : new String[] {"0", "14"}) {
            Exchange call = exchange(200);
            call.responded(200, HttpFields.build().put("x-shown", " in trailers"));
            call.responseTrailers(HttpFields.build().put("grpc-status", status));
            log.log(call);
        }
        for (int status : new int[] {200, 503}) {
            Exchange plain = exchange(status);
            plain.responded(status, HttpFields.build().put("x-shown", String.valueOf(status)));
            log.log(plain);
        }
        writer.close();

        assertThat(Files.readString(file).strip()).isEqualTo(logged.strip() + ",");
    }

    @Test
    void logsWhatPassesTheFilterThatAnOperatorMayChange() throws IOException {
        Path file = folder.resolve("a.log");
        AccessLog log = writer.open(
                List.of(new AccessLogConfig(
                        new Sink.File(file),
                        Optional.of(new LogFormat.Text("%RESPONSE_CODE%\n", false)),
                        Optional.of(new StatusFilter(StatusFilter.Op.GE, 500, "mwapi_min_log_code")))),
                runtime);

        log.log(exchange(200));
        log.log(exchange(500));
        runtime.modify(Map.of("mwapi_min_log_code", "200"));
        log.log(exchange(201));
        runtime.modify(Map.of("mwapi_min_log_code", ""));
        log.log(exchange(202));
        writer.close();

        assertThat(file).hasContent("500\n201\n");
    }

    @Test
    void sharesAFileThatTwoListenersName() throws IOException {
        Path file = folder.resolve("a.log");
        AccessLog one = open(writer, file, "one\n");
        AccessLog two = open(writer, folder.resolve("x/../a.log"), "two\n");

        one.log(exchange(200));
        two.log(exchange(200));
        one.log(exchange(200));
        writer.close();

        assertThat(file).hasContent("one\ntwo\none\n");
    }

    @Test
    void losesNoLineThatCameJustBeforeTheClose() {
        for (int i = 0; i < 300; i++) {
            Path file = folder.resolve("close" + i + ".log");
            try (AccessLogWriter closing = new AccessLogWriter(stats)) {
                open(closing, file, "line\n").log(exchange(200));
            }
            assertThat(file).hasContent("line\n");
        }
    }

    @Test
    void writesToSeveralSinksAndToTheStreamsOfTheProcess() {
        AccessLog log = writer.open(
                List.of(
                        config(new Sink.Stdout(), "1\n"),
                        config(new Sink.File(Path.of("/dev/stdout")), "2\n"),
                        config(new Sink.Stderr(), "3\n"),
                        config(new Sink.File(Path.of("/dev/stderr")), "4\n")),
                runtime);

        log.log(exchange(200));
        writer.close();

        assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("1\n2\n");
        assertThat(stderr.toString(StandardCharsets.UTF_8)).isEqualTo("3\n4\n");
    }

    @Test
    void refusesToStartWithAFileThatCannotBeOpened() {
        Path missing = folder.resolve("no/such/folder/a.log");

        assertThatThrownBy(() -> open(writer, missing, "x\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("access_log.path: " + missing)
                .hasMessageContaining("NoSuchFileException");
        assertThatThrownBy(() -> open(writer, folder, "x\n")).isInstanceOf(ConfigException.class);
    }

    @Test
    void refusesAFormatThatIsNone() {
        assertThatThrownBy(() -> open(writer, folder.resolve("a.log"), "%NO%"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("access_log.log_format: position 1: %NO%: unknown operator");
    }

    @Test
    void losesNoLineWhenFilesAreRenamedAndReopenedUnderLoad() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLog log = open(writer, file, "%RESP(X)%\n");
        int lines = 20_000;
        List<Path> rotated = new ArrayList<>();
        CountDownLatch halfway = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.submit(() -> {
                for (int i = 0; i < lines; i++) {
                    log.log(exchange("line " + i));
                    if (i == lines / 4) {
                        halfway.countDown();
                    }
                }
            });
            halfway.await();
            for (int i = 0; i < 5; i++) {
                Path old = folder.resolve("a.log." + i);
                Files.move(file, old);
                assertThat(writer.reopen(PATIENCE)).isTrue();
                assertThat(file).exists();
                rotated.add(old);
            }
        }
        writer.close();
        rotated.add(file);

        List<String> written = new ArrayList<>();
        for (Path part : rotated) {
            written.addAll(Files.readAllLines(part));
        }
        assertThat(written).hasSize(lines).endsWith("line " + (lines - 1)).startsWith("line 0");
        assertThat(dropped.value()).isZero();
    }

    @Test
    void keepsTheOldFileWhereTheNewOneCannotBeOpened() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("logs"));
        AccessLog log = open(writer, inner.resolve("a.log"), "%RESP(X)%\n");
        Path moved = folder.resolve("moved");
        Files.move(inner, moved);

        assertThat(writer.reopen(PATIENCE)).isFalse();
        log.log(exchange("still here"));
        writer.close();

        assertThat(moved.resolve("a.log")).hasContent("still here\n");
        assertThat(stats.scope("filesystem").counter("reopen_failed").value()).isEqualTo(1);
    }

    @Test
    void neverInterleavesTheLinesOfTwoThreads() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLog log = open(writer, file, "%RESP(X)%\n");
        String[] texts = new String[8];
        Arrays.setAll(texts, i -> String.valueOf((char) ('a' + i)).repeat(i == 7 ? 20_000 : 50 * (i + 1)));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String text : texts) {
                threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        log.log(exchange(text));
                    }
                });
            }
        }
        writer.close(PATIENCE);

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(1600 - (int) dropped.value());
        assertThat(lines).allMatch(line -> Arrays.asList(texts).contains(line));
    }

    @Test
    void dropsAndCountsWhatAPipeThatNobodyReadsCannotTakeAndRecoversWhenSomebodyDoes() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        long max = 256 * 1024;
        AccessLogWriter small = writer(max);
        AccessLog log = open(small, pipe, "%RESP(X)%\n");
        Exchange kilobyte = exchange("x".repeat(1000));

        for (int i = 0; i < 2000; i++) {
            log.log(kilobyte);
        }

        assertThat(dropped.value()).isPositive();
        assertThat(stats.scope("filesystem").counter("write_failed").value()).isZero();
        long lost = dropped.value();

        List<String> read = new ArrayList<>();
        CountDownLatch sawLast = new CountDownLatch(1);
        Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try (var lines = Files.newBufferedReader(pipe)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    read.add(line);
                    if (line.equals("last")) {
                        sawLast.countDown();
                    }
                }
            } catch (IOException broken) {
                throw new java.io.UncheckedIOException(broken);
            }
        });
        Exchange last = exchange("last");
        long before;
        do { // There is room again as soon as the reader has read something.
            before = dropped.value();
            log.log(last);
        } while (dropped.value() > before);
        assertThat(sawLast.await(60, TimeUnit.SECONDS)).isTrue();
        small.close();
        reader.join();

        assertThat(read.stream().filter(line -> line.length() == 1000)).hasSize((int) (2000 - lost));
        assertThat(read).allMatch(line -> line.equals("last") || line.equals("x".repeat(1000)));
    }

    @Test
    void keepsToItsBoundInBytes() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        AccessLogWriter small = writer(10_000);
        AccessLog log = open(small, pipe, "%RESP(X)%");
        Exchange big = exchange("x".repeat(5000));

        for (int i = 0; i < 200; i++) {
            log.log(big);
        }

        // What a pipe holds (64 KiB), what was gathered (8 KiB), and the queue.
        assertThat(200 - dropped.value()).isBetween(1L, (65_536L + 8192 + 10_000) / 5000 + 1);
        List<Thread> threads = writerThreads();
        small.close(Duration.ofMillis(10));
        assertThat(threads.getFirst().join(PATIENCE)).isTrue();
    }

    @Test
    void closesInBoundedTimeThoughNobodyReadsThePipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        AccessLog log = open(writer, pipe, "%RESP(X)%\n");
        Exchange kilobyte = exchange("x".repeat(1000));
        for (int i = 0; i < 500; i++) {
            log.log(kilobyte);
        }

        List<Thread> threads = writerThreads();
        assertThat(threads).hasSize(1);
        writer.close(Duration.ofMillis(50));

        assertThat(threads.getFirst().join(PATIENCE)).isTrue();
        assertThat(dropped.value()).isGreaterThanOrEqualTo(500 - 66);
        log.log(kilobyte);
        assertThat(dropped.value()).isGreaterThan(500 - 66);
    }

    @Test
    void writesToOneFileWhileAnotherIsStuck() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path file = folder.resolve("a.log");
        AccessLog stuck = open(writer, pipe, "%RESP(X)%\n");
        AccessLog free = open(writer, file, "%RESP(X)%\n");
        Exchange kilobyte = exchange("x".repeat(1000));
        while (dropped.value() == 0) {
            stuck.log(kilobyte);
        }
        long lost = dropped.value();

        for (int i = 0; i < 1000; i++) {
            free.log(kilobyte);
        }
        free.log(exchange("last"));
        Waiting.until("the last line", () -> text(file).endsWith("last\n"));

        assertThat(Files.readAllLines(file)).hasSize(1001);
        assertThat(dropped.value()).isEqualTo(lost);
        assertThat(writer.reopen(Duration.ofMillis(10))).isFalse();
    }

    @Test
    void letsGoOfAFileThatNobodyNamesAnyMoreOnceItsLastLineIsWritten() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLog log = open(writer, file, "%RESP(X)%\n");
        log.log(exchange("one"));
        List<Thread> threads = writerThreads();

        writer.retain(List.of());

        assertThat(threads).hasSize(1);
        assertThat(threads.getFirst().join(PATIENCE)).isTrue();
        assertThat(file).hasContent("one\n");
        assertThat(openFiles()).noneMatch(open -> open.equals(file));

        log.log(exchange("late"));
        Waiting.until("the late line", () -> text(file).equals("one\nlate\n"));
        Waiting.until("no thread", () -> writerThreads().isEmpty());
        assertThat(openFiles()).noneMatch(open -> open.equals(file));
    }

    @Test
    void keepsAFileThatIsStillNamed() throws Exception {
        Path file = folder.resolve("a.log");
        AccessLogConfig named = config(new Sink.File(file), "%RESP(X)%\n");
        AccessLog log = writer.open(List.of(named), runtime);
        log.log(exchange("one"));
        List<Thread> threads = writerThreads();

        writer.retain(List.of(named));
        log.log(exchange("two"));
        writer.close();

        assertThat(threads).hasSize(1);
        assertThat(file).hasContent("one\ntwo\n");
    }

    @Test
    void opensAndCreatesNothingWhereItIsToLookAheadAlone() throws IOException {
        AccessLogWriter ahead = AccessLogWriter.opensNothing(stats);
        Path file = folder.resolve("a.log");

        open(ahead, file, "x\n").log(exchange(200));
        ahead.close();

        assertThat(file).doesNotExist();
        Path missing = folder.resolve("no/such/folder/a.log");
        assertThatThrownBy(() -> open(ahead, missing, "x\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("access_log.path: " + missing + ": cannot be opened")
                .hasMessageContaining("NoSuchFileException");
        assertThatThrownBy(() -> open(ahead, folder, "x\n")).isInstanceOf(ConfigException.class);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    /** What this process has open, where the system tells it. */
    private static List<Path> openFiles() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return List.of();
        }
        List<Path> open = new ArrayList<>();
        try (var links = Files.list(descriptors)) {
            for (Path link : links.toList()) {
                try {
                    open.add(Files.readSymbolicLink(link));
                } catch (IOException gone) {
                    // Closed since it was listed.
                }
            }
        }
        return open;
    }

    @Test
    void countsWhatAFullDiskCannotTake() {
        Path full = Path.of("/dev/full");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isWritable(full), "no /dev/full here");
        Path file = folder.resolve("a.log");
        AccessLog log = writer.open(
                List.of(config(new Sink.File(full), "lost\n"), config(new Sink.File(file), "kept\n")), runtime);

        log.log(exchange(200));
        log.log(exchange(200));
        writer.close();

        assertThat(dropped.value()).isEqualTo(2);
        assertThat(stats.scope("filesystem").counter("write_failed").value()).isPositive();
        assertThat(file).hasContent("kept\nkept\n");
    }

    /** A disk with so much room and no more. */
    private static final class Disk implements LogTarget {
        private final StringBuilder written = new StringBuilder();
        private int room;

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            if (room == 0) {
                throw new IOException("No space left on device");
            }
            for (; room > 0 && bytes.hasRemaining(); room--) {
                written.append((char) bytes.get());
            }
        }

        @Override
        public void reopen() {}

        @Override
        public void close() {}
    }

    @Test
    void endsALineThatGotOutInPartBeforeTheNext() {
        Disk disk = new Disk();
        LineBuffer sink = new LineBuffer(
                "disk", disk, new LogTrouble(dropped, clock::get), LogStats.in(stats.scope("filesystem")));

        disk.room = 10;
        sink.add("whole\n".getBytes(StandardCharsets.UTF_8));
        sink.add("broken\n".getBytes(StandardCharsets.UTF_8));
        sink.flush();
        sink.add("lost\n".getBytes(StandardCharsets.UTF_8));
        sink.flush();
        disk.room = 1000;
        sink.add("fresh\n".getBytes(StandardCharsets.UTF_8));
        sink.flush();

        assertThat(disk.written.toString()).isEqualTo("whole\nbrok\nfresh\n");
        assertThat(dropped.value()).isEqualTo(3);
        assertThat(stats.scope("filesystem").counter("write_failed").value()).isEqualTo(2);
    }

    @Test
    void startsNoThreadWithoutALog() {
        assertThat(writer.open(List.of(), runtime)).isSameAs(AccessLog.NONE);
        assertThat(writer.reopen(Duration.ZERO)).isTrue();
        assertThat(writerThreads()).isEmpty();
    }

    private static List<Thread> writerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("attache-access-log"))
                .toList();
    }
}
