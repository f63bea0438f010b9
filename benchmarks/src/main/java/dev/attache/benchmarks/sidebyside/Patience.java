package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Ends a process that is waited for in vain: a proxy that no longer answers must not stop the harness. */
final class Patience implements AutoCloseable {

    private static final int BEYOND_SECONDS = 60;

    private final CompletableFuture<Void> end;

    /** Waits at most a minute longer than the process should take. */
    Patience(Process process, int seconds) {
        end = CompletableFuture.runAsync(
                process::destroyForcibly,
                CompletableFuture.delayedExecutor(seconds + BEYOND_SECONDS, TimeUnit.SECONDS));
    }

    /** All that a command prints that is given no input; what it had printed until then if it was ended. */
    static String output(List<String> command, int seconds) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try (Patience _ = new Patience(process, seconds)) {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The wait is over. */
    @Override
    public void close() {
        end.cancel(false);
    }
}
