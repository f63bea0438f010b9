package dev.attache.core.net;

import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** All that the data path knows of TLS; implemented outside of core. Safe for use by all threads. */
public interface TlsProvider {

    /**
     * Reads the files that {@code config} names and makes what the connections of one cluster need. The files are
     * watched until it is closed.
     *
     * @param cluster name of the cluster, under which sessions are kept for resumption
     * @throws dev.attache.core.config.ConfigException when a file cannot be read or a name is unknown
     */
    UpstreamTls upstream(UpstreamTlsConfig config, String cluster);

    /**
     * Reads the files that {@code config} names and makes what the connections of one filter chain need. The files are
     * watched until it is closed.
     *
     * @param listener name of the listener, for messages and stats
     * @throws dev.attache.core.config.ConfigException when a file cannot be read, a pair does not belong together, or a
     *     name is unknown
     */
    DownstreamTls downstream(DownstreamTlsConfig config, String listener);

    /** The certificates that are in use now, by file. */
    default List<CertificateState> certificates() {
        return List.of();
    }

    /** Has all later changes of files told to a listener, instead of the one before. */
    default void onReload(ReloadListener listener) {}

    /**
     * Makes one handshake in memory: the first one of a JVM takes up to a second, longer than many a connect timeout.
     * Takes about that long itself, so call it on a thread of its own while the proxy starts. Never throws.
     */
    default void warmUp() {}

    /**
     * Is told when files that are in use have changed, on the thread that looks at them.
     */
    interface ReloadListener {

        /**
         * Files of a listener.
         *
         * @param listener  as given to {@link TlsProvider#downstream}
         * @param succeeded whether new connections use them; else they go on with what was loaded before
         */
        void listenerReloaded(String listener, boolean succeeded);

        /** Files of a cluster, named as given to {@link TlsProvider#upstream}. */
        void clusterReloaded(String cluster, boolean succeeded);
    }

    /** TLS toward one cluster. Safe for use by all threads. */
    interface UpstreamTls extends AutoCloseable {

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

        /** No longer watches its files; engines can still be made, and those that were made go on. Idempotent. */
        @Override
        default void close() {}
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
