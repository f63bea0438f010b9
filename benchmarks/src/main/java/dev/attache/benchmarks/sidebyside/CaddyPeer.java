package dev.attache.benchmarks.sidebyside;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Caddy's reverse_proxy. */
record CaddyPeer() implements Peer {

    private static final String CONFIG = """
        {
          admin off
          auto_https off
          log {
            level ERROR
          }
          servers {
            timeouts {
              idle 1h
            }
          }
        }
        http://127.0.0.1:@PORT@ {
          bind 127.0.0.1
          reverse_proxy 127.0.0.1:@UPSTREAM@ {
            transport http {
              keepalive 1h
              keepalive_idle_conns 4000
              keepalive_idle_conns_per_host 4000
              response_header_timeout 15s
              compression off
            }
          }
        }
        """;

    @Override
    public String name() {
        return "caddy";
    }

    @Override
    public Optional<String> missing() {
        return Executables.missing("caddy");
    }

    @Override
    public Launch launch(Site site) {
        // Otherwise it keeps files in the home of whoever measures.
        return new Launch(
                Map.of("Caddyfile", site.fill(CONFIG)),
                List.of(
                        "env",
                        "XDG_DATA_HOME=" + site.directory(),
                        "XDG_CONFIG_HOME=" + site.directory(),
                        Executables.path("caddy"),
                        "run",
                        "--adapter",
                        "caddyfile",
                        "--config",
                        site.file("Caddyfile")));
    }

    @Override
    public boolean onJvm() {
        return false;
    }
}
