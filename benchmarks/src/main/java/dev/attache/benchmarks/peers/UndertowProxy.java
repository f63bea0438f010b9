package dev.attache.benchmarks.peers;

import io.undertow.Undertow;
import io.undertow.server.handlers.proxy.LoadBalancingProxyClient;
import io.undertow.server.handlers.proxy.ProxyHandler;
import java.net.URI;

/** Undertow's ProxyHandler, with two I/O threads as its peers have. */
public final class UndertowProxy {

    private static final int HOUR_MILLIS = 3_600_000;

    private UndertowProxy() {}

    /** Serves until it is ended. */
    public static void main(String[] args) {
        // A host keeps the limits that hold while it is added.
        LoadBalancingProxyClient upstream = new LoadBalancingProxyClient()
                .setConnectionsPerThread(4000)
                .setSoftMaxConnectionsPerThread(4000)
                .setTtl(HOUR_MILLIS)
                .addHost(URI.create("http://127.0.0.1:" + args[1]));
        Undertow.builder()
                .addHttpListener(Integer.parseInt(args[0]), "127.0.0.1")
                .setIoThreads(2)
                .setHandler(ProxyHandler.builder()
                        .setProxyClient(upstream)
                        .setMaxRequestTime(15_000)
                        .build())
                .build()
                .start();
    }
}
