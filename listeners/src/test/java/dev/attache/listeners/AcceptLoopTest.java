package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.net.Descriptors;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AcceptLoopTest {

    private static final int MANY = 100;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionThatCannotBeTakenDoesNotEndTheListener(boolean outOfMemory) throws Exception {
        LinkedBlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
        BoundSocket socket = bind(new Address.Socket("127.0.0.1", 0));
        InetSocketAddress address = (InetSocketAddress) socket.address();
        boolean[] failed = {false};
        AcceptLoop loop = new AcceptLoop("test", socket, room(), connection -> {
            if (!failed[0]) {
                failed[0] = true;
                if (outOfMemory) {
                    throw new OutOfMemoryError("meant by the test");
                }
                throw new IllegalStateException("a bug");
            }
            taken.add(connection);
        });
        loop.start();
        try (Socket lost = new Socket(address.getAddress(), address.getPort())) {
            assertThat(lost.getInputStream().read()).as("closed, not left open").isEqualTo(-1);
        }
        try (Socket next = new Socket(address.getAddress(), address.getPort());
                SocketChannel connection = taken.poll(30, TimeUnit.SECONDS)) {
            assertThat(connection).isNotNull();
            assertThat(connection.getRemoteAddress()).isEqualTo(next.getLocalSocketAddress());
        } finally {
            loop.stop();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void acceptsThoseWhoWaitBeforeItCloses(boolean unix) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        LinkedBlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
        BoundSocket socket = bind(unix ? new Address.Pipe(folder.resolve("s"), 0) : new Address.Socket("127.0.0.1", 0));
        AcceptLoop loop = new AcceptLoop("test", socket, room(), connection -> {
            held.countDown();
            await(stopping);
            taken.add(connection);
        });
        loop.start();
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                clients.add(RawClient.connect(socket.address()));
            }
            held.await();
            Thread stop = Thread.ofVirtual().start(loop::stop);
            Waiting.until(() -> stop.getState() == Thread.State.WAITING);
            stopping.countDown();
            stop.join();

            assertThat(taken).hasSize(MANY);
            assertThatThrownBy(() -> RawClient.connect(socket.address())).isInstanceOf(IOException.class);
        } finally {
            closeAll(clients);
            closeAll(taken);
        }
    }

    @Test
    void answersThoseWhoHadConnectedWhenTheListenerStopped() throws Exception {
        Path path = folder.resolve("proxy.sock");
        List<RawClient> clients = new ArrayList<>();
        try (Stand stand = new Stand()) {
            stand.entry = stand.entry(UnaryOperator.identity(), (request, exchange) -> TestEntry.text(200, "served"));
            stand.manager.update(
                    List.of(new ListenerManager.Binding(stand.config("test", new Address.Pipe(path, 0)), stand.entry)),
                    () -> connectAndAsk(path, MANY, clients)); // Bound, and not started yet.
            stand.manager.stopAccepting();

            for (RawClient client : clients) {
                RawClient.Answer answer = client.readAnswer();
                assertThat(answer.body()).isEqualTo("served");
            }
            assertThat(path).doesNotExist();
        } finally {
            closeAll(clients);
        }
    }

    @RepeatedTest(20)
    void aDrainWaitsForARequestThatCameWithItsConnection() throws Exception {
        Path path = folder.resolve("proxy.sock");
        List<RawClient> clients = new ArrayList<>();
        try (Stand stand = new Stand()) {
            stand.entry = stand.entry(
                    settings -> settings.delayedCloseTimeout(Duration.ZERO),
                    (request, exchange) -> TestEntry.text(200, "served"));
            stand.manager.update(
                    List.of(new ListenerManager.Binding(stand.config("test", new Address.Pipe(path, 0)), stand.entry)),
                    () -> connectAndAsk(path, 1, clients));

            assertThat(stand.manager.drain(Duration.ofSeconds(30))).isTrue();
            stand.manager.close();

            assertThat(clients.getFirst().readAnswer().body()).isEqualTo("served");
        } finally {
            closeAll(clients);
        }
    }

    @Test
    void aDrainDoesNotWaitForASilentClient() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, "unasked"));
                RawClient client = stand.connect()) {
            Waiting.until(() -> stand.listener().connections() == 1);

            assertThat(stand.manager.drain(Duration.ofSeconds(30))).isTrue();

            assertThat(client.channel().isConnected()).isTrue();
            assertThat(stand.listener().requestsInFlight()).isZero();
        }
    }

    @Test
    void closesASocketThatWasNeverStarted() throws Exception {
        BoundSocket socket = bind(new Address.Socket("127.0.0.1", 0));

        new AcceptLoop("test", socket, room(), connection -> {}).stop();

        assertThatThrownBy(() -> RawClient.connect(socket.address())).isInstanceOf(ConnectException.class);
    }

    @Test
    void stopsOnceHoweverOftenItIsTold() throws Exception {
        Path path = folder.resolve("again.sock");
        AcceptLoop loop = new AcceptLoop("test", bind(new Address.Pipe(path, 0)), room(), connection -> {});
        loop.start();
        loop.stop();
        Files.createFile(path); // Somebody else's now.

        loop.stop();

        assertThat(path).exists();
    }

    private static BoundSocket bind(Address address) throws IOException {
        return new SocketBinder(List.of(address)).bind(address, 0);
    }

    private static void connectAndAsk(Path path, int many, List<RawClient> clients) {
        try {
            for (int i = 0; i < many; i++) {
                RawClient client = RawClient.connect(UnixDomainSocketAddress.of(path));
                clients.add(client);
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeAll(Iterable<? extends AutoCloseable> all) throws Exception {
        for (AutoCloseable each : all) {
            each.close();
        }
    }

    private static Room room() {
        return Room.aside(new Descriptors(Long.MAX_VALUE, () -> 0, System::nanoTime));
    }
}
