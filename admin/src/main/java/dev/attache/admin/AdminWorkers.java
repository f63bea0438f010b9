package dev.attache.admin;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The threads on which the pages of the admin interface are made: few, and of the system's own, so that no page, whatever
 * it costs, keeps a carrier from the virtual threads of the traffic. They end when there is nothing to do. Safe for use by
 * all threads.
 */
final class AdminWorkers {

    /** Pages that are made at the same time. */
    static final int THREADS = 2;

    /** Pages that wait; those beyond are refused. */
    static final int QUEUED = 64;

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ThreadPoolExecutor threads;

    AdminWorkers() {
        ThreadFactory factory =
                Thread.ofPlatform().daemon().name("attache-admin-", 1).factory();
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE.toSeconds(), TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUED), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Makes a page, and waits for it.
     *
     * @param unwanted is given what to call when nobody waits for the page any more
     */
    AdminReply make(Supplier<AdminReply> page, Consumer<Runnable> unwanted) {
        FutureTask<AdminReply> task = new FutureTask<>(page::get);
        unwanted.accept(() -> {
            task.cancel(false);
            threads.remove(task);
        });
        try {
            threads.execute(task);
            return task.get();
        } catch (RejectedExecutionException full) {
            return AdminReply.text(503, "too many pages are asked for at once\n");
        } catch (CancellationException gone) {
            return AdminReply.text(503, "nobody waits for it\n");
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return AdminReply.text(503, "closing\n");
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw failed.getCause() instanceof RuntimeException bug ? bug : new IllegalStateException(failed);
        }
    }
}
