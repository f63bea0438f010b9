package dev.attache.listeners;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HttpConfig;
import java.util.EnumSet;
import java.util.Set;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;

/**
 * Jetty's face of one listener: how strictly its connections are parsed. Its sockets are not Jetty's: connections are
 * accepted by an {@link AcceptLoop} each and given to the {@link ListenerServer}.
 */
final class ListenerConnector extends AbstractConnector {

    private static final int INPUT_BUFFER = 16 * 1024;
    private static final int RESPONSE_HEAD = 8 * 1024;
    // Above what an upstream may send and the configuration may add.
    private static final int MAX_RESPONSE_HEAD = 256 * 1024;

    /**
     * Paths pass as they are, however odd: what they mean is the upstream's business. Refused is what no two servers
     * read alike: bad percent encoding, user-info, fragments.
     */
    private static final UriCompliance RAW_PATHS = UriCompliance.from(EnumSet.complementOf(EnumSet.of(
            UriCompliance.Violation.BAD_PERCENT_ENCODING,
            UriCompliance.Violation.USER_INFO,
            UriCompliance.Violation.FRAGMENT)));

    /** Nothing is tolerated; names keep their case only where it must be sent on. */
    private static final HttpCompliance PRESERVING_CASE =
            HttpCompliance.STRICT.with("STRICT_PRESERVING_CASE", HttpCompliance.Violation.CASE_SENSITIVE_FIELD_NAME);

    private final HttpListener listener;

    ListenerConnector(ListenerServer server, HttpListener listener, HttpConfig config) {
        super(server.jetty(), null, null, null, 0, new HttpConnectionFactory(parsing(config)));
        this.listener = listener;
        setName(listener.config().name());
        setIdleTimeout(0); // Connections are timed by their DownstreamEndPoint.
    }

    private static HttpConfiguration parsing(HttpConfig config) {
        HttpConfiguration http = new HttpConfiguration();
        http.setHttpCompliance(config.headerCase() == HeaderCase.PRESERVE ? PRESERVING_CASE : HttpCompliance.STRICT);
        http.setUriCompliance(RAW_PATHS);
        http.setRequestHeaderSize(config.maxRequestHeadersKb() * 1024);
        http.setResponseHeaderSize(RESPONSE_HEAD);
        http.setMaxResponseHeaderSize(MAX_RESPONSE_HEAD);
        http.setInputBufferSize(INPUT_BUFFER);
        // Else a value may come out in the case of an earlier one.
        http.setHeaderCacheCaseSensitive(true);
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setSendDateHeader(false);
        return http;
    }

    HttpListener listener() {
        return listener;
    }

    /** Connections that are open now. */
    Set<EndPoint> open() {
        return Set.copyOf(getConnectedEndPoints());
    }

    void opened(EndPoint endPoint) {
        onEndPointOpened(endPoint);
    }

    void closed(EndPoint endPoint) {
        onEndPointClosed(endPoint);
    }

    @Override
    protected void accept(int acceptor) {
        throw new UnsupportedOperationException("connections are accepted by AcceptLoop");
    }

    @Override
    public Object getTransport() {
        return listener.addresses();
    }
}
