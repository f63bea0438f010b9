package dev.attache.listeners;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers each request over HTTP/2 with frames as they are given, whatever they mean. */
final class RawHttp2Server implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int GOAWAY = 7;
    static final int END_STREAM = 1;

    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PREFACE = 24;

    /** What is sent on a stream whose request's head, or a later frame of it, has come. */
    interface Answers {
        void to(int frame, int flags, int stream, Sender sender) throws IOException;
    }

    /** Writes frames. */
    static final class Sender {
        private final OutputStream out;

        private Sender(OutputStream out) {
            this.out = out;
        }

        void head(int stream, int flags, String... namesAndValues) throws IOException {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                block.write(0x10);
                string(block, namesAndValues[i]);
                string(block, namesAndValues[i + 1]);
            }
            frame(HEADERS, END_HEADERS | flags, stream, block.toByteArray());
        }

        private static void string(ByteArrayOutputStream block, String text) {
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void frame(int type, int flags, int stream, byte[] payload) throws IOException {
            out.write(ByteBuffer.allocate(9 + payload.length)
                    .putInt(payload.length << 8 | type)
                    .put((byte) flags)
                    .putInt(stream)
                    .put(payload)
                    .array());
        }
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Answers answers;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    final AtomicInteger accepted = new AtomicInteger();
    /** Error codes of the streams that were reset. */
    final BlockingQueue<Integer> resets = new LinkedBlockingQueue<>();

    RawHttp2Server(Answers answers) throws IOException {
        this.answers = answers;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return ((InetSocketAddress) server.getLocalSocketAddress()).getPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                accepted.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // That is how it ends.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Sender sender = new Sender(socket.getOutputStream());
            in.readFully(new byte[PREFACE]);
            sender.frame(SETTINGS, 0, 0, new byte[0]);
            while (true) {
                int lengthAndType = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(lengthAndType >>> 8);
                int type = lengthAndType & 0xff;
                if (type == SETTINGS && (flags & ACK) == 0) {
                    sender.frame(SETTINGS, ACK, 0, new byte[0]);
                } else if (type == RST_STREAM) {
                    resets.add(ByteBuffer.wrap(payload).getInt());
                }
                answers.to(type, flags, stream, sender);
            }
        } catch (IOException gone) {
            // The client has seen enough.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
