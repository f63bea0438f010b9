package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.Address;
import dev.attache.core.fixtures.RawClient;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SocketsTest {

    private static ListenerManager.Binding binding(Stand stand, Address address, String name) {
        return new ListenerManager.Binding(
                stand.config(name, address),
                stand.entry(UnaryOperator.identity(), (request, exchange) -> TestEntry.text(200, name)));
    }

    private static String get(InetSocketAddress address) throws IOException {
        try (RawClient client = RawClient.connect(address)) {
            return client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readAnswer().body();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean hasIpv6() {
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
            channel.bind(new InetSocketAddress("::1", 0));
            return true;
        } catch (IOException | UnsupportedOperationException none) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesEachFamilyOfAPairItsOwnListener(boolean ipv6First) throws Exception {
        assumeTrue(hasIpv6(), "no IPv6 here");
        int port = freePort();
        try (Stand stand = new Stand()) {
            List<ListenerManager.Binding> pair = new ArrayList<>(List.of(
                    binding(stand, new Address.Socket("::", port), "six"),
                    binding(stand, new Address.Socket("0.0.0.0", port), "four")));
            stand.manager.start(ipv6First ? pair : pair.reversed());
            for (int i = 0; i < 20; i++) {
                assertThat(get(new InetSocketAddress("127.0.0.1", port))).isEqualTo("four");
                assertThat(get(new InetSocketAddress("::1", port))).isEqualTo("six");
            }
        }
    }

    @Test
    void refusesAPairOnAPortThatAForeignSocketHoldsEvenIfItWouldShare() throws Exception {
        try (ServerSocketChannel foreign = ServerSocketChannel.open(StandardProtocolFamily.INET);
                Stand stand = new Stand()) {
            foreign.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            foreign.bind(new InetSocketAddress("0.0.0.0", 0));
            int port = foreign.socket().getLocalPort();
            assertThatThrownBy(() -> stand.manager.start(List.of(
                            binding(stand, new Address.Socket("::", port), "six"),
                            binding(stand, new Address.Socket("0.0.0.0", port), "four"))))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("six")
                    .hasMessageContaining("[::]:" + port)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void startsAllListenersOrNone() throws Exception {
        int free = freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Stand stand = new Stand()) {
            assertThatThrownBy(() -> stand.manager.start(List.of(
                            binding(stand, new Address.Socket("127.0.0.1", free), "first"),
                            binding(stand, new Address.Socket("127.0.0.1", taken.getLocalPort()), "second"))))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("listener second on 127.0.0.1:" + taken.getLocalPort())
                    .hasMessageNotContaining("first");
            assertThat(stand.manager.listeners()).isEmpty();
            new ServerSocket(free, 1, InetAddress.getByName("127.0.0.1")).close();
        }
    }

    @Test
    void turnsIpv4PeersAwayFromALoneIpv6WildcardUnlessCompatible() throws Exception {
        assumeTrue(hasIpv6(), "no IPv6 here");
        try (Stand stand = new Stand()) {
            stand.manager.start(List.of(
                    binding(stand, new Address.Socket("::", 0), "six"),
                    binding(stand, new Address.Socket("::", 0, true), "both")));
            int six = port(stand.manager.listeners().get(0));
            int both = port(stand.manager.listeners().get(1));
            assertThat(get(new InetSocketAddress("::1", six))).isEqualTo("six");
            try (RawClient client = RawClient.connect(new InetSocketAddress("127.0.0.1", six))) {
                assertThat(client.readAll()).isEmpty();
            }
            assertThat(get(new InetSocketAddress("::1", both))).isEqualTo("both");
            assertThat(get(new InetSocketAddress("127.0.0.1", both))).isEqualTo("both");
        }
    }

    private static int port(HttpListener listener) {
        return ((InetSocketAddress) listener.addresses().getFirst()).getPort();
    }

    @Test
    void bindsNothingWhereItIsToldSo() throws Exception {
        try (Stand stand = new Stand()) {
            ListenerManager.Binding binding = binding(stand, new Address.Socket("127.0.0.1", 0), "inner");
            stand.manager.start(List.of(new ListenerManager.Binding(
                    binding.config().toBuilder().bindToPort(false).build(), binding.chains())));
            assertThat(stand.manager.listeners()).isEmpty();
        }
    }

    @Test
    void servesAUnixSocketWithItsModeAndRemovesItAtTheEnd(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("a.sock");
        try (Stand stand = new Stand()) {
            stand.manager.start(List.of(binding(stand, new Address.Pipe(path, 0600), "unix")));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            try (RawClient client = RawClient.connect(UnixDomainSocketAddress.of(path))) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                                .readAnswer()
                                .body())
                        .isEqualTo("unix");
                assertThat(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
                                .readAnswer()
                                .body())
                        .isEqualTo("unix");
            }
        }
        try (var left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void replacesTheUnixSocketOfADeadProcessButNotThatOfALivingOne(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("a.sock");
        try (Stand stand = new Stand()) {
            try (ServerSocketChannel living = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                living.bind(UnixDomainSocketAddress.of(path));
                assertThatThrownBy(
                                () -> stand.manager.start(List.of(binding(stand, new Address.Pipe(path, 0), "unix"))))
                        .isInstanceOf(BindException.class)
                        .hasMessageContaining("in use");
            }
            assertThat(path).exists();
            stand.manager.start(List.of(binding(stand, new Address.Pipe(path, 0), "unix")));
            RawClient.connect(UnixDomainSocketAddress.of(path)).close();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void doesNotReplaceAFileThatIsNoSocket(@TempDir Path directory) throws Exception {
        Path path = Files.writeString(directory.resolve("a.sock"), "precious");
        try (Stand stand = new Stand()) {
            assertThatThrownBy(() -> stand.manager.start(List.of(binding(stand, new Address.Pipe(path, 0), "unix"))))
                    .isInstanceOf(BindException.class);
        }
        assertThat(path).hasContent("precious");
    }

    @Test
    void leavesAUnixSocketThatSomebodyElseHasPutInItsPlace(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("a.sock");
        try (Stand first = new Stand();
                ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            first.manager.start(List.of(binding(first, new Address.Pipe(path, 0), "first")));
            Files.delete(path);
            other.bind(UnixDomainSocketAddress.of(path));
            first.manager.close();
            assertThat(path).exists();
        }
    }
}
