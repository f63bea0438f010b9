package dev.attache.core.net;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/**
 * Carries one question to one server and the answer back, on the caller's thread: over UDP from a port of its own, and
 * over TCP where the answer is truncated. The library's own resolvers are not used: they share a selector thread and a
 * shutdown hook per process, which an embedding application would have to live with.
 */
final class DnsTransport implements Closeable {

    /** Fits one packet on any path. */
    static final int UDP_BYTES = 1232;

    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Asks one server; the time is for UDP and for TCP each. */
    Message ask(Message query, InetSocketAddress server, Duration timeout, boolean tcpOnly) throws IOException {
        if (!tcpOnly) {
            Message answer = overUdp(query, server, timeout);
            if (!answer.getHeader().getFlag(Flags.TC)) {
                return answer;
            }
        }
        return overTcp(query, server, timeout);
    }

    private Message overUdp(Message query, InetSocketAddress server, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            opened(socket);
            try {
                // Connected: the kernel drops packets of others, and tells of a port that nobody listens on.
                socket.connect(server);
                byte[] question = query.toWire();
                socket.send(new DatagramPacket(question, question.length));
                DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                while (true) {
                    socket.setSoTimeout(remaining(deadline));
                    packet.setLength(4096);
                    socket.receive(packet);
                    byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                    Message answer = answerTo(query, bytes);
                    if (answer != null) {
                        return answer;
                    }
                }
            } finally {
                open.remove(socket);
            }
        }
    }

    private Message overTcp(Message query, InetSocketAddress server, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Socket socket = new Socket()) {
            opened(socket);
            try {
                socket.connect(server, remaining(deadline));
                byte[] question = query.toWire();
                byte[] framed = new byte[question.length + 2];
                framed[0] = (byte) (question.length >> 8);
                framed[1] = (byte) question.length;
                System.arraycopy(question, 0, framed, 2, question.length);
                socket.getOutputStream().write(framed);
                byte[] length = read(socket, 2, deadline);
                byte[] bytes = read(socket, (length[0] & 0xff) << 8 | (length[1] & 0xff), deadline);
                Message answer = answerTo(query, bytes);
                if (answer == null) {
                    throw new IOException("the answer is not to the question");
                }
                return answer;
            } finally {
                open.remove(socket);
            }
        }
    }

    private static byte[] read(Socket socket, int count, long deadline) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[count];
        for (int have = 0; have < count; ) {
            socket.setSoTimeout(remaining(deadline));
            int n = in.read(bytes, have, count - have);
            if (n < 0) {
                throw new EOFException("the connection was closed");
            }
            have += n;
        }
        return bytes;
    }

    /** Milliseconds that are left, at least one: zero would mean for ever. */
    private static int remaining(long deadline) throws SocketTimeoutException {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1);
    }

    /** The message, if it answers the question; otherwise null, since anyone may send a packet. */
    private static @Nullable Message answerTo(Message query, byte[] bytes) {
        Message answer;
        try {
            answer = new Message(bytes);
        } catch (IOException | RuntimeException e) {
            return null;
        }
        boolean same = answer.getHeader().getFlag(Flags.QR)
                && answer.getHeader().getID() == query.getHeader().getID();
        // A server that cannot read the question need not repeat it.
        boolean unread = answer.getQuestion() == null && answer.getRcode() == Rcode.FORMERR;
        return same && (unread || Objects.equals(answer.getQuestion(), query.getQuestion())) ? answer : null;
    }

    private void opened(Closeable socket) throws IOException {
        open.add(socket);
        if (closed) {
            throw new IOException("closed");
        }
    }

    /** Breaks off every question under way. */
    @Override
    public void close() {
        closed = true;
        for (Closeable socket : open) {
            try {
                socket.close();
            } catch (IOException e) {
                // Its thread sees that it is closed.
            }
        }
    }
}
