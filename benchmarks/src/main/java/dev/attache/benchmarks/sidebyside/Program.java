package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.load.RawConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process of the harness's own; ended, with all that it started itself, by its handle. */
final class Program implements AutoCloseable {

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long END_SECONDS = 5;

    private final List<String> command;
    private final Path log;
    private final Process process;
    private final BufferedReader out;

    private interface Attempt {
        void make() throws IOException;
    }

    private Program(List<String> command, Path log, ProcessBuilder.Redirect output) throws IOException {
        this.command = command;
        this.log = log;
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectOutput(output)
                .start();
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts a server; all that it says goes to its log. */
    static Program server(List<String> command, Path log) throws IOException {
        return new Program(command, log, ProcessBuilder.Redirect.appendTo(log.toFile()));
    }

    /** Starts a program that can be {@linkplain #ask asked}. */
    static Program asked(List<String> command, Path log) throws IOException {
        return new Program(command, log, ProcessBuilder.Redirect.PIPE);
    }

    List<String> command() {
        return command;
    }

    long pid() {
        return process.pid();
    }

    /** What it and all its children have used until now. */
    Usage usage() {
        return Usage.of(process.toHandle());
    }

    /** Waits until it has answered a request, whatever the status. */
    void awaitAnswer(int port, String path) throws IOException, InterruptedException {
        await(() -> {
            try (RawConnection connection = RawConnection.open(port, path)) {
                connection.send();
                connection.receive();
            }
        });
    }

    /** Waits until it takes connections. */
    void awaitConnection(int port) throws IOException, InterruptedException {
        await(() -> RawConnection.open(port, "/").close());
    }

    private void await(Attempt attempt) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_NANOS;
        while (System.nanoTime() < end) {
            if (!process.isAlive()) {
                throw new IOException("ended before it served: " + lastWords());
            }
            try {
                attempt.make();
                return;
            } catch (IOException notYet) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        throw new IOException("does not serve: " + lastWords());
    }

    /** Sends a line and waits for the line that answers it, which should take so many seconds. */
    String ask(String line, int seconds) throws IOException {
        Writer in = process.outputWriter(StandardCharsets.UTF_8);
        in.write(line + "\n");
        in.flush();
        String answer;
        try (Patience _ = new Patience(process, seconds)) {
            answer = out.readLine();
        }
        if (answer == null) {
            throw new IOException("ended, or was given up, without an answer; " + lastWords());
        }
        return answer;
    }

    private String lastWords() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    }

    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
