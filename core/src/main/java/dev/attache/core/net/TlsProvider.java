package dev.attache.core.net;

import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** All that the data path knows of TLS; implemented outside of core. Safe for use by all threads. */
public interface TlsProvider {

    /**
     * Reads the files that {@code config} names and makes what the connections of one cluster need.
     *
     * @param cluster name of the cluster, under which sessions are kept for resumption
     * @throws dev.attache.core.config.ConfigException when a file cannot be read or a name is unknown
     */
    UpstreamTls upstream(UpstreamTlsConfig config, String cluster);

    /**
     * Reads the files that {@code config} names and makes what the connections of one filter chain need. The files are
     * watched until it is closed.
     *
     * @param listener name of the listener, for messages
     * @throws dev.attache.core.config.ConfigException when a file cannot be read, a pair does not belong together, or a
     *     name is unknown
     */
    DownstreamTls downstream(DownstreamTlsConfig config, String listener);

    /**
     * Makes one handshake in memory: the first one of a JVM takes up to a second, longer than many a connect timeout.
     * Takes about that long itself, so call it on a thread of its own while the proxy starts. Never throws.
     */
    default void warmUp() {}

    /** TLS toward one cluster. Safe for use by all threads. */
    interface UpstreamTls {

        /**
         * An engine for one new connection, in client mode, with server name and protocols as configured.
         *
         * @param endpointName DNS name or literal address of the endpoint
         * @param port         port of the endpoint
         * @param authority    authority of the request that the connection is opened for
         */
        SSLEngine engine(String endpointName, int port, String authority);

        /**
         * Checks after the handshake what the engine has not checked by itself, such as the names in the certificate.
         *
         * @throws SSLException when the peer is not who it should be
         */
        void verify(SSLEngine engine, String endpointName, String authority) throws SSLException;
    }

    /** TLS toward the clients of one filter chain. Safe for use by all threads. */
    interface DownstreamTls extends AutoCloseable {

        /** An engine for one new connection, in server mode, with the certificates as they are now. */
        SSLEngine engine();

        /** No longer watches its files; engines that were made go on. Idempotent. */
        @Override
        void close();
    }
}
