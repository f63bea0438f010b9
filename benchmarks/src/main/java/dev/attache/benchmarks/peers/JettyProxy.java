package dev.attache.benchmarks.peers;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty's ProxyHandler.Reverse on its HttpClient. */
public final class JettyProxy {

    private JettyProxy() {}

    /** Serves until it is ended. */
    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(args[0]));
        connector.setAcceptQueueSize(4096);
        connector.setIdleTimeout(TimeUnit.HOURS.toMillis(1));
        server.addConnector(connector);
        server.setHandler(new Reverse("127.0.0.1:" + args[1]));
        server.start();
        server.join();
    }

    private static final class Reverse extends ProxyHandler.Reverse {
        Reverse(String upstream) {
            super(request ->
                    HttpURI.build(request.getHttpURI()).authority(upstream).asImmutable());
        }

        @Override
        protected void configureHttpClient(HttpClient client) {
            super.configureHttpClient(client);
            client.setMaxConnectionsPerDestination(4000);
            client.setMaxRequestsQueuedPerDestination(100_000);
            client.setIdleTimeout(TimeUnit.HOURS.toMillis(1));
        }
    }
}
