package dev.attache.examples;

import dev.attache.admin.AdminServer;
import dev.attache.admin.CommandLine;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.listeners.Attache;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A sidecar on loopback in front of an embedded upstream, on the native form's defaults; ends on Ctrl-C. */
public final class Quickstart {

    private Quickstart() {}

    /** Starts it, prints what to try, and waits. */
    public static void main(String[] args) throws IOException, InterruptedException, CommandLine.UsageException {
        run(System.out, 10000, 9901, new CountDownLatch(1));
    }

    /** Runs until {@code end} is counted down. */
    static void run(PrintStream out, int port, int adminPort, CountDownLatch end)
            throws IOException, InterruptedException, CommandLine.UsageException {
        try (StandInUpstream upstream = StandInUpstream.start();
                Attache proxy = Attache.builder(config(upstream.port(), port, adminPort))
                        .start()) {
            var admin = AdminServer.start(proxy, CommandLine.parse("-c", "quickstart"), end::countDown);
            var address = proxy.listeners().getFirst().addresses().getFirst();
            out.println("""
                Attache is up. In another terminal:

                  curl -i http:/%1$s/hello                         # through the sidecar
                  curl -i http:/%1$s/status/503                    # retried once, then logged below
                  curl -s 'http:/%2$s/stats?usedonly&filter=upstream_rq'
                  curl -s http:/%2$s/clusters
                  curl -XPOST 'http:/%2$s/runtime_modify?quickstart_min_log_code=200'   # log every request

                Ctrl-C stops it.\
                """.formatted(address, admin.getFirst()));
            end.await();
        }
    }

    private static ProxyConfig config(int upstreamPort, int port, int adminPort) {
        String yaml = """
            listeners:
              - name: quickstart
                port: %d
                service: hello
                upstream: localhost
                timeout: 5s
                retry: {retry_on: 5xx, num_retries: 1}
            services:
              hello: {port: %d, encryption: false}
            admin:
              address: 127.0.0.1:%d
            """.formatted(port, upstreamPort, adminPort);
        return ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(yaml), false))
                .config();
    }
}
