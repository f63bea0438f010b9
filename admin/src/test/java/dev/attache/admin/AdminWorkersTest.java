package dev.attache.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdminWorkersTest {

    private final AdminWorkers workers = new AdminWorkers();

    @Test
    void makesPagesOnThreadsOfTheSystemsOwn() {
        AdminReply reply = make(() ->
                        AdminReply.text(String.valueOf(Thread.currentThread().isVirtual())))
                .join();

        assertThat(reply.body()).isEqualTo("false");
    }

    @Test
    void refusesWhatIsOneTooMany() throws Exception {
        CountDownLatch busy = new CountDownLatch(AdminWorkers.THREADS);
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<AdminReply>> replies = new ArrayList<>();
        for (int i = 0; i < AdminWorkers.THREADS; i++) {
            replies.add(make(() -> {
                busy.countDown();
                await(release);
                return AdminReply.ok();
            }));
        }
        busy.await();
        int more = AdminWorkers.QUEUED + 1;
        for (int i = 0; i < more; i++) {
            replies.add(make(AdminReply::ok));
        }
        CompletableFuture.anyOf(replies.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        release.countDown();

        List<Integer> statuses =
                replies.stream().map(reply -> reply.join().status()).toList();

        assertThat(statuses).filteredOn(status -> status == 503).hasSize(1);
        assertThat(statuses).filteredOn(status -> status == 200).hasSize(AdminWorkers.THREADS + AdminWorkers.QUEUED);
    }

    @Test
    void forgetsAPageThatNobodyWaitsForAnyMore() throws Exception {
        CompletableFuture<Runnable> unwanted = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(AdminWorkers.THREADS);
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<AdminReply>> busy = new ArrayList<>();
        for (int i = 0; i < AdminWorkers.THREADS; i++) {
            busy.add(make(() -> {
                begun.countDown();
                await(release);
                return AdminReply.ok();
            }));
        }
        begun.await();
        CompletableFuture<AdminReply> queued = CompletableFuture.supplyAsync(
                () -> workers.make(
                        () -> {
                            throw new AssertionError("made for nobody");
                        },
                        unwanted::complete),
                task -> Thread.ofVirtual().start(task));
        unwanted.get().run();

        assertThat(queued.get(30, TimeUnit.SECONDS).status()).isEqualTo(503);
        release.countDown();
        busy.forEach(CompletableFuture::join);
    }

    @Test
    void handsOnWhatAPageThrows() {
        assertThatThrownBy(() -> workers.make(
                        () -> {
                            throw new IllegalArgumentException("bad");
                        },
                        giveUp -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bad");
        assertThatThrownBy(() -> workers.make(
                        () -> {
                            throw new StackOverflowError();
                        },
                        giveUp -> {}))
                .isInstanceOf(StackOverflowError.class);
    }

    @Test
    void givesNoMoreOfTheProcessorThanThereIs() {
        ProcessorTime time = new ProcessorTime(Duration.ofMillis(20));

        assertThatThrownBy(() -> {
                    while (true) {
                        time.step();
                    }
                })
                .isInstanceOf(ProcessorTime.SpentException.class)
                .hasMessageContaining("20 ms");
    }

    @Test
    void holdsOneAnswerOfAnySizeAndNotTwo() {
        int large = UnreadReplies.SMALL + 1;
        UnreadReplies unread = new UnreadReplies(2L * large);

        assertThat(unread.take(100L * large)).isTrue();
        assertThat(unread.take(large)).isFalse();
        assertThat(unread.take(UnreadReplies.SMALL)).as("a small one").isTrue();
        unread.release(UnreadReplies.SMALL);
        unread.release(100L * large);
        assertThat(unread.take(large)).isTrue();
        assertThat(unread.take(large)).isTrue();
        assertThat(unread.take(large)).isFalse();
    }

    private CompletableFuture<AdminReply> make(Supplier<AdminReply> page) {
        return CompletableFuture.supplyAsync(
                () -> workers.make(page, giveUp -> {}),
                task -> Thread.ofVirtual().start(task));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
