package dev.attache.listeners;

import dev.attache.core.config.Http2Config;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.http2.FlowControl;
import dev.attache.core.http2.VirtualThreadEndPoint;
import java.util.Map;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.io.WindowRateControl;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;

/** The server library's HTTP/2, set up as a listener's configuration says. */
final class Http2Factory extends AbstractHTTP2ServerConnectionFactory {

    /** The heads of responses have been checked where they were received; this leaves room for what was added. */
    private static final int RESPONSE_HEAD_BYTES = 80 * 1024;

    private static final int READ_BYTES = 16 * 1024;

    Http2Factory(HttpConfig config) {
        super(heads(config));
        Http2Config http2 = config.http2();
        setMaxConcurrentStreams(http2.maxConcurrentStreams());
        setInitialStreamRecvWindow(http2.streamWindow());
        setInitialSessionRecvWindow(http2.connectionWindow());
        setMaxDecoderTableCapacity(http2.headerTableSize());
        setMaxEncoderTableCapacity(http2.headerTableSize());
        setConnectProtocolEnabled(http2.extendedConnect());
        setFlowControlStrategyFactory(FlowControl::new);
        RateControl.Factory rates = http2.maxEventsPerSecond() == 0
                ? new RateControl.Factory() {}
                : new WindowRateControl.Factory(http2.maxEventsPerSecond());
        setRateControlFactory(new CountedRates(rates));
        setStreamIdleTimeout(-1); // There is one of the proxy's own.
    }

    private static HttpConfiguration heads(HttpConfig config) {
        HttpConfiguration heads = new HttpConfiguration();
        heads.setRequestHeaderSize(config.maxRequestHeadersKb() * 1024);
        heads.setMaxResponseHeaderSize(RESPONSE_HEAD_BYTES);
        heads.setInputBufferSize(READ_BYTES);
        return heads;
    }

    @Override
    protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
        return connection(endPoint);
    }

    /** What a new connection tells its client of the limits here. */
    Map<Integer, Integer> settings() {
        return newSettings();
    }

    private static Http2Connection connection(EndPoint endPoint) {
        return (Http2Connection) ((VirtualThreadEndPoint) endPoint).watcher();
    }

    /** Tells a connection when its client has sent too much of what only an attacker sends much of. */
    private record CountedRates(RateControl.Factory rates) implements RateControl.Factory {
        @Override
        public RateControl newRateControl(EndPoint endPoint) {
            RateControl rate = rates.newRateControl(endPoint);
            return event -> {
                boolean calm = rate.onEvent(event);
                if (!calm) {
                    connection(endPoint).flooded();
                }
                return calm;
            };
        }
    }
}
