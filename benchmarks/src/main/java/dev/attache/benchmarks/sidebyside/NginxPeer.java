package dev.attache.benchmarks.sidebyside;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** nginx as a proxy with two workers; bodies stay in memory. */
record NginxPeer() implements Peer {

    private static final String CONFIG = """
        worker_processes 2;
        daemon off;
        pid nginx.pid;
        error_log stderr crit;
        events { worker_connections 19000; }
        http {
          access_log off;
          keepalive_requests 1000000000;
          keepalive_timeout 1h;
          proxy_temp_path proxy;
          client_body_temp_path client;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          upstream upstream {
            server 127.0.0.1:@UPSTREAM@;
            keepalive 2048;
            keepalive_requests 1000000000;
            keepalive_timeout 1h;
          }
          server {
            listen 127.0.0.1:@PORT@ backlog=4096@FRONT@;
            location / {
              proxy_pass http://upstream;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_read_timeout 15s;
              proxy_max_temp_file_size 0;
            }
          }
        }
        """;

    private static final String TLS =
            " ssl; ssl_certificate @CERTIFICATE@; ssl_certificate_key @KEY@; ssl_protocols TLSv1.3;"
                    + " ssl_session_cache shared:tls:10m";

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public Optional<String> missing() {
        return Executables.missing("nginx");
    }

    @Override
    public boolean speaks(Front front) {
        return true;
    }

    @Override
    public Launch launch(Site site) {
        return new Launch(
                Map.of("nginx.conf", site.fill(CONFIG.replace("@FRONT@", front(site.front())))),
                command(site.directory().toString(), site.file("nginx.conf")));
    }

    /** How nginx is run with nothing of the machine's own configuration. */
    static List<String> command(String directory, String file) {
        return List.of(Executables.path("nginx"), "-p", directory, "-e", "stderr", "-c", file);
    }

    private static String front(Front front) {
        return switch (front) {
            case HTTP -> "";
            case H2C -> " http2";
            case TLS -> TLS;
        };
    }

    @Override
    public boolean onJvm() {
        return false;
    }
}
