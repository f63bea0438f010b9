package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.config.ProxyProtocolVersion;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.ProxyHeader;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxyHeaderReaderTest {

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final ProxyHeader HEADER = ProxyHeader.of(
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 4711),
            new InetSocketAddress(InetAddress.ofLiteral("203.0.113.1"), 443));

    private final Deadlines deadlines = Deadlines.open();
    private ServerSocketChannel server;
    private RawClient client;
    private PlainSocket socket;

    @BeforeEach
    void connect() throws Exception {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client = RawClient.connect(server.getLocalAddress());
        socket = new PlainSocket(server.accept());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        socket.close();
        server.close();
        deadlines.close();
    }

    private ProxyHeaderReader reader(ProxyProtocol mode, Duration limit) {
        return new ProxyHeaderReader(mode, deadlines.queue(limit));
    }

    private ProxyHeader read(ProxyProtocol mode) throws Exception {
        return reader(mode, Duration.ofMinutes(1)).read(socket);
    }

    private String readText(int length) throws Exception {
        ByteBuffer text = ByteBuffer.allocate(length);
        while (text.hasRemaining()) {
            assertThat(socket.read(text)).isPositive();
        }
        return new String(text.array(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource(ProxyProtocolVersion.class)
    void leavesWhatComesBehindAHeader(ProxyProtocolVersion version) throws Exception {
        client.send(HEADER.bytes(version)).send(REQUEST);

        assertThat(read(ProxyProtocol.REQUIRED)).isEqualTo(HEADER);
        assertThat(readText(REQUEST.length())).isEqualTo(REQUEST);
        assertThat(socket.readNow(ByteBuffer.allocate(1))).isZero();
    }

    @Test
    void waitsForAHeaderThatComesByteByByte() throws Exception {
        Thread sender = Thread.ofVirtual().start(() -> {
            try {
                for (byte one : HEADER.bytes(ProxyProtocolVersion.V2)) {
                    client.send(new byte[] {one});
                }
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
        assertThat(read(ProxyProtocol.REQUIRED)).isEqualTo(HEADER);
        sender.join();
    }

    @Test
    void takesAHeaderWithLongExtensionsButNotMore() throws Exception {
        int value = 4096 - 12 - 3;
        byte[] plain = HEADER.bytes(ProxyProtocolVersion.V2);
        ByteBuffer extended = ByteBuffer.allocate(16 + 4096)
                .put(plain)
                .putShort(14, (short) 4096)
                .put((byte) 4)
                .putShort((short) value);
        client.send(extended.array()).send(REQUEST);

        assertThat(read(ProxyProtocol.REQUIRED)).isEqualTo(HEADER);
        assertThat(readText(REQUEST.length())).isEqualTo(REQUEST);
    }

    @Test
    void takesAConnectionWithoutAHeaderOnlyWhereItIsOptional() throws Exception {
        client.send(REQUEST);

        assertThat(read(ProxyProtocol.OPTIONAL)).isEqualTo(ProxyHeader.LOCAL);
        assertThatThrownBy(() -> read(ProxyProtocol.REQUIRED))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("no PROXY protocol header");
    }

    @ParameterizedTest
    @EnumSource(
            value = ProxyProtocol.class,
            names = {"REQUIRED", "OPTIONAL"})
    void refusesWhatIsAlmostAHeader(ProxyProtocol mode) throws Exception {
        client.send("PROXY TCP4 192.0.2.1\r\n" + REQUEST);

        assertThatThrownBy(() -> read(mode))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("two addresses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY TCP4 192.0."})
    void saysThatAConnectionHasEndedBefore(String begun) throws Exception {
        client.send(begun).shutdownOutput();

        assertThatThrownBy(() -> read(ProxyProtocol.OPTIONAL)).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PROXY TCP4 192.0."})
    void doesNotWaitForEver(String begun) throws Exception {
        client.send(begun);

        assertThatThrownBy(() ->
                        reader(ProxyProtocol.OPTIONAL, Duration.ofMillis(50)).read(socket))
                .isInstanceOf(SocketTimeoutException.class);
    }
}
