package dev.attache.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawConnectionTest {

    @Test
    void readsOneAnswerAfterTheOtherOnOneConnection() throws Exception {
        String first = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5000\r\nX: y\r\n\r\n" + "x".repeat(5000);
        String second = "HTTP/1.1 503 Service Unavailable\r\nContent-Length:0\r\n\r\n";
        try (ServerSocket server = answering(List.of(first, second));
                RawConnection connection = RawConnection.open(server.getLocalPort(), "/b1k")) {
            connection.send();
            assertThat(connection.receive()).isEqualTo(200);
            connection.send();
            assertThat(connection.receive()).isEqualTo(503);
        }
    }

    @Test
    void anAnswerThatDoesNotSayItsLengthIsAnError() throws Exception {
        try (ServerSocket server = answering(List.of("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
                RawConnection connection = RawConnection.open(server.getLocalPort(), "/b1k")) {
            connection.send();
            assertThatThrownBy(connection::receive)
                    .isInstanceOf(IOException.class)
                    .hasMessage("an answer without content-length");
        }
    }

    private static ServerSocket answering(List<String> answers) throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (Socket socket = server.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                for (String answer : answers) {
                    while (!in.readLine().isEmpty()) {
                        // The request does not matter.
                    }
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                }
                in.read();
            } catch (IOException ended) {
                // The test is over.
            }
        });
        return server;
    }
}
