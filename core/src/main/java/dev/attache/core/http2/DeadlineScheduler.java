package dev.attache.core.http2;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.Deadlines;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** What codecs schedule, timed by the proxy's own deadlines; each task runs on a virtual thread, since it may block. */
final class DeadlineScheduler extends AbstractLifeCycle implements Scheduler {

    private final Deadlines deadlines;

    DeadlineScheduler(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit units) {
        Scheduled scheduled = new Scheduled(task);
        deadlines.start(scheduled.deadline, units.toNanos(delay));
        return scheduled;
    }

    private static final class Scheduled implements Task {
        private final Deadline deadline;

        Scheduled(Runnable task) {
            deadline = new Deadline() {
                @Override
                protected void expired() {
                    Thread.ofVirtual().name("attache-codec").start(task);
                }
            };
        }

        @Override
        public boolean cancel() {
            return deadline.cancel();
        }
    }
}
