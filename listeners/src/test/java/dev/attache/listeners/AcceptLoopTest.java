package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptLoopTest {

    @Test
    void aConnectionThatCannotBeTakenDoesNotEndTheListener() throws Exception {
        LinkedBlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
        try (ServerSocketChannel channel = ServerSocketChannel.open()) {
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
            boolean[] failed = {false};
            new AcceptLoop("test", new BoundSocket(channel, address, false, null), connection -> {
                        if (!failed[0]) {
                            failed[0] = true;
                            throw new IllegalStateException("a bug");
                        }
                        taken.add(connection);
                    })
                    .start();

            try (Socket lost = new Socket(address.getAddress(), address.getPort())) {
                assertThat(lost.getInputStream().read())
                        .as("closed, not left open")
                        .isEqualTo(-1);
            }
            try (Socket next = new Socket(address.getAddress(), address.getPort());
                    SocketChannel connection = taken.poll(30, TimeUnit.SECONDS)) {
                assertThat(connection).isNotNull();
                assertThat(connection.getRemoteAddress()).isEqualTo(next.getLocalSocketAddress());
            }
        }
    }
}
