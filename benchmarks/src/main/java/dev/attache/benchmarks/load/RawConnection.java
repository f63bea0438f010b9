package dev.attache.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A keep-alive connection as lean as Java has it: one blocking channel, one GET at a time, and of the answer nothing is
 * understood but status and length. For one thread.
 */
public final class RawConnection implements AutoCloseable {

    private static final byte[] LENGTH = "\ncontent-length:".getBytes(StandardCharsets.ISO_8859_1);

    private final SocketChannel channel;
    private final ByteBuffer request;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(4096);

    private RawConnection(SocketChannel channel, ByteBuffer request) {
        this.channel = channel;
        this.request = request;
    }

    /** Connects to loopback, for requests of one path. */
    public static RawConnection open(int port, String path) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException refused) {
            channel.close();
            throw refused;
        }
        byte[] text = ("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        return new RawConnection(
                channel, ByteBuffer.allocateDirect(text.length).put(text).flip());
    }

    /** Sends the request. */
    public void send() throws IOException {
        request.rewind();
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    /**
     * Reads the whole answer.
     *
     * @return its status
     * @throws IOException also where the answer does not say its length
     */
    public int receive() throws IOException {
        answer.clear();
        int head;
        do {
            read();
            head = headEnd();
        } while (head < 0);
        int status = (answer.get(9) - '0') * 100 + (answer.get(10) - '0') * 10 + answer.get(11) - '0';
        long left = contentLength(head) - (answer.position() - head);
        while (left > 0) {
            answer.clear();
            left -= read();
        }
        return status;
    }

    private int read() throws IOException {
        int read = channel.read(answer);
        if (read <= 0) {
            throw new EOFException(read < 0 ? "the connection ended before the answer" : "a head of more than 4 KiB");
        }
        return read;
    }

    private int headEnd() {
        for (int at = 3; at < answer.position(); at++) {
            if (answer.get(at) == '\n' && answer.get(at - 2) == '\n') {
                return at + 1;
            }
        }
        return -1;
    }

    private long contentLength(int head) throws IOException {
        for (int at = 12; at < head - LENGTH.length; at++) {
            if (answer.get(at) == '\n' && isLengthAt(at)) {
                return number(at + LENGTH.length);
            }
        }
        throw new IOException("an answer without content-length");
    }

    private boolean isLengthAt(int start) {
        for (int i = 1; i < LENGTH.length; i++) {
            if ((answer.get(start + i) | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private long number(int start) {
        long number = 0;
        for (int at = start; answer.get(at) != '\r'; at++) {
            if (answer.get(at) != ' ') {
                number = number * 10 + answer.get(at) - '0';
            }
        }
        return number;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
