package dev.attache.admin.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java program in a process of its own, with the class path of the tests unless said otherwise. */
final class Program implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    /** Whoever runs the tests in the background of a shell lets them, and what they start, ignore these. */
    private static final List<String> SIGNALS_NOT_IGNORED = signalsNotIgnored();

    /** The lines of one stream, as they come. */
    private static final class Output {
        private final List<String> lines = new ArrayList<>();
        private boolean ended;

        void readFrom(InputStream stream, String name) {
            Thread.ofVirtual().name(name).start(() -> {
                try (BufferedReader reader =
                        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                        add(line);
                    }
                } catch (IOException gone) {
                    add("unreadable: " + gone);
                } finally {
                    end();
                }
            });
        }

        private synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        private synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized List<String> lines() {
            return List.copyOf(lines);
        }

        synchronized List<String> all() throws InterruptedException {
            long deadline = deadline();
            while (!ended && System.nanoTime() < deadline) {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadline - System.nanoTime()));
            }
            return List.copyOf(lines);
        }

        synchronized String await(String part) throws InterruptedException {
            long deadline = deadline();
            int seen = 0;
            while (true) {
                while (seen < lines.size()) {
                    String line = lines.get(seen++);
                    if (line.contains(part)) {
                        return line;
                    }
                }
                if (ended || System.nanoTime() >= deadline) {
                    throw new AssertionError("no line with '" + part + "' in " + lines);
                }
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadline - System.nanoTime()));
            }
        }

        private static long deadline() {
            return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        }
    }

    private final Process process;
    private final Output out = new Output();
    private final Output err = new Output();

    private Program(Process process) {
        this.process = process;
        out.readFrom(process.getInputStream(), "program-stdout");
        err.readFrom(process.getErrorStream(), "program-stderr");
    }

    /** Starts the proxy's own main program. */
    static Program start(String... arguments) throws IOException {
        return start(List.of(), arguments);
    }

    /** Starts the proxy's own main program on a JVM with options. */
    static Program start(List<String> jvmOptions, String... arguments) throws IOException {
        return java(jvmOptions, System.getProperty("java.class.path"), "dev.attache.admin.Main", arguments);
    }

    static Program java(List<String> jvmOptions, String classPath, String mainClass, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(SIGNALS_NOT_IGNORED);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(classPath);
        command.add(mainClass);
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        return new Program(process);
    }

    private static List<String> signalsNotIgnored() {
        List<String> prefix = List.of("env", "--default-signal=INT,HUP");
        try {
            Process probe = new ProcessBuilder("env", "--default-signal=INT,HUP", "true").start();
            return probe.waitFor() == 0 ? prefix : List.of();
        } catch (IOException absent) {
            return List.of();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Waits for a line on stderr that holds {@code part}. */
    String awaitErr(String part) throws InterruptedException {
        return err.await(part);
    }

    /** Waits until the proxy says that it serves. */
    Program awaitServing() throws InterruptedException {
        awaitErr(" listeners, ");
        return this;
    }

    /** What is on stderr so far. */
    List<String> err() {
        return err.lines();
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("cannot send " + name + ": the process has ended: " + err());
        }
    }

    /** Waits for the end. */
    Ended ended() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + err());
        }
        return new Ended(process.exitValue(), out.all(), err.all());
    }

    /**
     * A program's end.
     *
     * @param exit its exit code
     * @param out  lines on stdout
     * @param err  lines on stderr
     */
    record Ended(int exit, List<String> out, List<String> err) {}

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
