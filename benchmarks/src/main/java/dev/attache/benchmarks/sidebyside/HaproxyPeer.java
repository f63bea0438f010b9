package dev.attache.benchmarks.sidebyside;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** HAProxy with two threads that share all upstream connections. */
record HaproxyPeer() implements Peer {

    /**
     * It wants two files for each connection, and refuses to start where the system grants fewer: no-strict-limits lets
     * it start all the same, for what it holds are never all of them at once.
     */
    private static final String CONFIG = """
        global
          nbthread 2
          maxconn 12000
          no strict-limits
        defaults
          mode http
          timeout connect 5s
          timeout client 1h
          timeout server 15s
          timeout http-keep-alive 1h
          retries 1
          http-reuse always
        frontend measured
          bind 127.0.0.1:@PORT@ @FRONT@
          default_backend upstream
        backend upstream
          server upstream 127.0.0.1:@UPSTREAM@ pool-max-conn 4000 pool-purge-delay 1h
        """;

    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    public Optional<String> missing() {
        return Executables.missing("haproxy");
    }

    @Override
    public boolean speaks(Front front) {
        return true;
    }

    @Override
    public Launch launch(Site site) {
        return new Launch(
                Map.of("haproxy.cfg", site.fill(CONFIG.replace("@FRONT@", front(site.front())))),
                List.of(Executables.path("haproxy"), "-db", "-q", "-f", site.file("haproxy.cfg")));
    }

    private static String front(Front front) {
        return switch (front) {
            case HTTP -> "";
            case H2C -> "proto h2";
            case TLS -> "ssl crt @PAIR@ alpn http/1.1 ssl-min-ver TLSv1.3";
        };
    }

    @Override
    public boolean onJvm() {
        return false;
    }
}
