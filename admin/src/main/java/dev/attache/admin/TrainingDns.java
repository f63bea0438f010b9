package dev.attache.admin;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** A DNS server for the {@link Training} alone: every name is at 127.0.0.1. */
final class TrainingDns implements AutoCloseable {

    private static final int HEAD = 12;
    private static final int TYPE_A = 1;

    /** The name of the question, type A, class IN, five seconds, four bytes. */
    private static final byte[] LOOPBACK = HexFormat.of().parseHex("c00c00010001000000050004" + "7f000001");

    private final DatagramSocket socket;

    TrainingDns() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        Thread.ofVirtual().name("training-dns").start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        byte[] query = new byte[1500];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(query, query.length);
                socket.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(query, 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException closed) {
            // The end of the training.
        }
    }

    /** The question again, and one address where it asks for those of IPv4. */
    private static byte[] answer(ByteBuffer query) {
        query.position(HEAD);
        for (int label = query.get(); label > 0; label = query.get()) {
            query.position(query.position() + label);
        }
        boolean found = query.getShort() == TYPE_A;
        query.getShort(); // The class.
        int end = query.position();
        ByteBuffer answer = ByteBuffer.allocate(end + (found ? LOOPBACK.length : 0));
        answer.putShort(query.getShort(0));
        answer.putShort((short) 0x8180); // An answer without error; recursion was wanted and done.
        answer.putShort((short) 1).putShort((short) (found ? 1 : 0)).putInt(0);
        answer.put(query.slice(HEAD, end - HEAD));
        if (found) {
            answer.put(LOOPBACK);
        }
        return answer.array();
    }

    @Override
    public void close() {
        socket.close();
    }
}
