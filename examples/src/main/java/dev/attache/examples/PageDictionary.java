package dev.attache.examples;

import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * How a service asks MediaWiki about a page through the services proxy: plain HTTP to a local port, and the wiki that is
 * meant in {@code Host}. TLS, retries and timeouts are the proxy's business.
 */
public final class PageDictionary {

    private final InetSocketAddress proxy;

    /** Calls through the {@code mw-api-int-async} listener at {@code proxy}, in production port 6500 on localhost. */
    public PageDictionary(InetSocketAddress proxy) {
        this.proxy = proxy;
    }

    /** The services proxy's part: one entry that stands in for production's, toward a local port without TLS. */
    static ProxyConfig servicesProxy(int upstreamPort) {
        String yaml = """
            listeners:
              - name: mw-api-int-async
                port: 0
                service: mw-api-int
                upstream: 127.0.0.1
                timeout: 120s
                keepalive: 4.5s
                xfp: https
            services:
              mw-api-int: {port: %d, encryption: false}
            """.formatted(upstreamPort);
        return ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(yaml), false))
                .config();
    }

    /** The raw answer of MediaWiki's API about a page of a wiki, such as {@code en.wikipedia.org}. */
    public String getPageDict(String wiki, String title) throws IOException {
        String target = "/w/api.php?action=query&format=json&prop=pageprops&titles="
                + URLEncoder.encode(title, StandardCharsets.UTF_8);
        String head = "GET " + target + " HTTP/1.1\r\nHost: " + wiki
                + "\r\nUser-Agent: page-dictionary/1.0\r\nConnection: close\r\n\r\n";
        try (Socket socket = new Socket(proxy.getAddress(), proxy.getPort())) {
            OutputStream out = new BufferedOutputStream(socket.getOutputStream());
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
