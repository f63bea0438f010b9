package dev.attache.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DescriptorsTest {

    private static final long SECOND = 1_000_000_000;

    private final AtomicLong open = new AtomicLong();
    private final AtomicLong clock = new AtomicLong(5 * SECOND);
    private final Descriptors descriptors = new Descriptors(100, open::get, clock::get);

    @Test
    void grantsWhatLeavesEnough() {
        open.set(50);

        for (int i = 0; i < 40; i++) {
            assertThat(descriptors.take(10)).as("%s", i).isTrue();
        }

        assertThat(descriptors.take(10)).isFalse();
        assertThat(descriptors.take(9)).isTrue();
    }

    @Test
    void countsWhatWasClosedBeforeItRefuses() {
        open.set(99);
        assertThat(descriptors.take(0)).isTrue();
        assertThat(descriptors.take(0)).isFalse();

        open.set(98);
        clock.addAndGet(SECOND);

        assertThat(descriptors.take(0)).isTrue();
    }

    @Test
    void seesBeforeLongWhatOthersHaveOpened() {
        assertThat(descriptors.take(0)).isTrue();
        open.set(100);
        clock.addAndGet(SECOND);

        assertThat(descriptors.take(0)).isFalse();
    }

    @Test
    void takesBackWhatIsNotUsed() {
        open.set(99);
        assertThat(descriptors.take(0)).isTrue();
        descriptors.giveBack();

        assertThat(descriptors.take(0)).isTrue();
    }

    @Test
    void knowsThoseOfThisProcessOrGrantsAll() {
        assertThat(Descriptors.ofProcess().limit()).isGreaterThan(10);
        assertThat(Descriptors.ofProcess().take(0)).isTrue();
    }

    @Test
    void aDialWaitsForADescriptorAndSaysThatItHadNone() throws IOException {
        open.set(100);
        Descriptors none = new Descriptors(100, open::get, System::nanoTime);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();

            assertThatThrownBy(() -> new Dial(address, null, none).connect(20_000_000))
                    .isInstanceOf(Dial.NoDescriptorException.class);
        }
    }

    @Test
    void aDialGoesOnWhenThereIsADescriptorAgain() throws Exception {
        open.set(100);
        Descriptors few = new Descriptors(100, open::get, System::nanoTime);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Dial dial = new Dial(server.getLocalSocketAddress(), null, few);
            CompletableFuture<PlainSocket> connected = connect(dial);
            open.set(0);

            connected.get(30, TimeUnit.SECONDS).close();
        }
    }

    @Test
    void aDialThatWaitsForADescriptorCanBeGivenUp() {
        open.set(100);
        Dial dial = new Dial(
                new InetSocketAddress("127.0.0.1", 1), null, new Descriptors(100, open::get, System::nanoTime));
        CompletableFuture<PlainSocket> connected = connect(dial);
        dial.abort();

        assertThatThrownBy(() -> connected.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(AsynchronousCloseException.class);
    }

    private static CompletableFuture<PlainSocket> connect(Dial dial) {
        CompletableFuture<PlainSocket> connected = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                connected.complete(dial.connect(30 * SECOND));
            } catch (IOException failed) {
                connected.completeExceptionally(failed);
            }
        });
        return connected;
    }
}
