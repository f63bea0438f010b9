package dev.attache.admin.served;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.RawUpstream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A TLS upstream on loopback that stands in for every service at once, and remembers what it was asked. The first
 * segment of the path says what it does: {@code /503/...} answers with that status, {@code /hang/...} never answers,
 * {@code /close/...} ends the connection with its answer, all else is 200. On platform threads, so that what virtual
 * threads do in this process is the proxy's doing.
 */
final class TlsStandIn implements AutoCloseable {

    /**
     * A request as it came.
     *
     * @param connection  0 for requests on the first connection
     * @param serverNames what the client of that connection sent as server name
     * @param tls         version and cipher suite of that connection
     * @param head        request line and headers
     * @param body        as many bytes as the content-length says
     */
    record Received(int connection, List<String> serverNames, String tls, String head, String body) {

        String path() {
            return head.split(" ", 3)[1];
        }

        /** All values of a header, by its name in any case. */
        List<String> values(String name) {
            return head.lines()
                    .skip(1)
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .toList();
        }
    }

    private final SSLServerSocket server;
    private final AtomicInteger connections = new AtomicInteger();
    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    private final Set<SSLSocket> open = ConcurrentHashMap.newKeySet();

    private TlsStandIn(SSLServerSocket server) {
        this.server = server;
        Thread.ofPlatform().daemon().name("stand-in").start(this::accept);
    }

    static TlsStandIn with(Certificates.Leaf leaf) {
        try {
            return new TlsStandIn((SSLServerSocket) leaf.serverContext()
                    .getServerSocketFactory()
                    .createServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1")));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    /** The requests for a path so far, in the order in which they came. */
    List<Received> received(String path) {
        return received.stream().filter(request -> request.path().equals(path)).toList();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) server.accept();
                int number = connections.getAndIncrement();
                open.add(socket);
                Thread.ofPlatform().daemon().name("stand-in-" + number).start(() -> serve(socket, number));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SSLSocket socket, int number) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.startHandshake();
            SSLSession session = socket.getSession();
            String tls = session.getProtocol() + " " + session.getCipherSuite();
            List<String> names = ((ExtendedSSLSession) session)
                    .getRequestedServerNames().stream()
                            .map(name -> new String(name.getEncoded(), StandardCharsets.UTF_8))
                            .toList();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String head = readHead(in); !head.isEmpty(); head = readHead(in)) {
                byte[] body = in.readNBytes(RawUpstream.contentLength(head));
                Received request =
                        new Received(number, names, tls, head, new String(body, StandardCharsets.ISO_8859_1));
                received.add(request);
                String task = request.path().split("/", 3)[1];
                if (task.equals("hang")) {
                    in.transferTo(OutputStream.nullOutputStream());
                    return;
                }
                socket.getOutputStream().write(answer(task).getBytes(StandardCharsets.ISO_8859_1));
                if (task.equals("close")) {
                    return;
                }
            }
        } catch (IOException gone) {
            // The proxy has left.
        } finally {
            open.remove(socket);
        }
    }

    private static String answer(String task) {
        int status = task.matches("[1-5]\\d\\d") ? Integer.parseInt(task) : 200;
        String connection = task.equals("close") ? "connection: close\r\n" : "";
        return "HTTP/1.1 " + status + " As asked\r\nserver: stand-in\r\n" + connection
                + "content-length: 5\r\n\r\nhello";
    }

    /** The head; empty at the end of the connection. */
    private static String readHead(InputStream in) throws IOException {
        byte[] head = new byte[16 * 1024];
        int length = 0;
        while (length < 4 || head[length - 1] != '\n' || head[length - 2] != '\r' || head[length - 3] != '\n') {
            int octet = in.read();
            if (octet < 0) {
                return "";
            }
            head[length++] = (byte) octet;
        }
        return new String(Arrays.copyOf(head, length), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            server.close();
            for (SSLSocket socket : open) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
