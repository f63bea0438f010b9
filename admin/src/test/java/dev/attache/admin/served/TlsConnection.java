package dev.attache.admin.served;

import dev.attache.core.fixtures.RawClient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client's TLS connection to a listener on loopback, that speaks HTTP/1 in text. */
final class TlsConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    /** A response with a content-length. */
    record Answer(String head, String body) {

        /** The first line. */
        String status() {
            return head.lines().findFirst().orElse("");
        }

        /** The value of a header, by its name in any case; null where there is none. */
        String header(String name) {
            return new RawClient.Head(head).header(name);
        }
    }

    private final String host;
    private final SSLSocket socket;
    private final InputStream in;

    private TlsConnection(String host, SSLSocket socket) throws IOException {
        this.host = host;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Shakes hands.
     *
     * @param host the server name, which the certificate must have
     * @param protocols what is offered by ALPN; none sends no such extension
     */
    static TlsConnection connect(int port, String host, SSLContext context, String... protocols) throws IOException {
        Socket plain = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
        try {
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(PATIENCE_MILLIS);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(host)));
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new TlsConnection(host, socket);
        } catch (IOException failed) {
            plain.close();
            throw failed;
        }
    }

    /** What ALPN has agreed on; empty where it has not. */
    String protocol() {
        return socket.getApplicationProtocol();
    }

    X509Certificate certificate() throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    Answer get(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nhost: " + host + "\r\n\r\n");
        return read();
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Answer read() throws IOException {
        String head = readHead();
        return new Answer(head, readText(Integer.parseInt(new RawClient.Head(head).header("content-length"))));
    }

    String readText(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** Up to the empty line. */
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("end of the stream after '" + head + "'");
            }
            head.append((char) octet);
        }
        return head.toString();
    }

    /** Waits for the end of the stream; false where something else comes. */
    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
