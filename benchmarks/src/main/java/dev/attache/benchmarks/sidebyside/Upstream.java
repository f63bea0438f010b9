package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.load.FixedUpstream;
import java.util.Map;
import java.util.Optional;

/** What all proxies forward to: nginx with static files, or a program of our own where there is none. */
record Upstream() implements Peer {

    private static final String CONFIG = """
        worker_processes 1;
        daemon off;
        pid nginx.pid;
        error_log stderr crit;
        events { worker_connections 19000; }
        http {
          access_log off;
          sendfile on;
          tcp_nopush on;
          open_file_cache max=100;
          keepalive_requests 1000000000;
          keepalive_timeout 24h;
          default_type application/octet-stream;
          proxy_temp_path proxy;
          client_body_temp_path client;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:@PORT@ backlog=4096;
            root .;
          }
        }
        """;

    @Override
    public String name() {
        return "upstream";
    }

    @Override
    public Optional<String> missing() {
        return Optional.empty();
    }

    @Override
    public Launch launch(Site site) {
        if (Executables.missing("nginx").isPresent()) {
            return new Launch(Map.of(), JavaPeer.command(site.jvm(), FixedUpstream.class, site.port()));
        }
        return new Launch(
                Map.of(
                        "nginx.conf", site.fill(CONFIG),
                        "b100", "x".repeat(100),
                        "b1k", "x".repeat(1024),
                        "b1m", "x".repeat(1024 * 1024)),
                NginxPeer.command(site.directory().toString(), site.file("nginx.conf")));
    }

    @Override
    public boolean onJvm() {
        return false;
    }
}
