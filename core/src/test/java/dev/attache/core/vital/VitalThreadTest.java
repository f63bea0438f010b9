package dev.attache.core.vital;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VitalThreadTest {

    private final AtomicInteger told = new AtomicInteger();

    @AfterEach
    void leave() {
        OutOfMemory.endsWith(() -> {});
    }

    @Test
    void goesOnAfterWhateverIsThrown() {
        Deque<Throwable> thrown = new ArrayDeque<>(
                List.of(new IllegalStateException("a bug"), new StackOverflowError(), new OutOfMemoryError("meant")));

        VitalThread.run(() -> {
            Throwable next = thrown.poll();
            if (next instanceof Error error) {
                throw error;
            }
            if (next instanceof RuntimeException bug) {
                throw bug;
            }
        });

        assertThat(thrown).isEmpty();
    }

    @Test
    void endsWhenItIsInterrupted() {
        VitalThread.run(() -> {
            throw new InterruptedException();
        });

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void tellsOfMemoryThatHasRunOutWhoeverHidesIt() {
        OutOfMemory.endsWith(told::incrementAndGet);

        OutOfMemory.look(new OutOfMemoryError("heap"));
        OutOfMemory.look(new IOException(new IllegalStateException(new OutOfMemoryError("direct"))));
        VitalThread.survived(new OutOfMemoryError("heap"));
        OutOfMemory.look(new IOException("other"));
        OutOfMemory.look(null);

        assertThat(told).hasValue(3);
    }
}
