package host;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.listeners.Attache;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** A server that calls itself through a proxy of its own, over a socket and in process. */
public class Host {

    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(
                    org.eclipse.jetty.server.Request request,
                    org.eclipse.jetty.server.Response response,
                    Callback callback) {
                response.write(true, ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)), callback);
                return true;
            }
        });
        server.start();
        System.out.println("host: Jetty " + Server.getVersion());
        ProxyConfig config = ProxyConfig.builder()
                .cluster(ClusterConfig.to("host", "127.0.0.1", connector.getLocalPort())
                        .build())
                .listener(ListenerConfig.http(
                                Address.loopback(0),
                                HttpConfig.forwarding(
                                                "host", ForwardConfig.to("host").build())
                                        .build())
                        .build())
                .build();
        try (Attache proxy = Attache.builder(config).start();
                HttpClient client = HttpClient.newHttpClient()) {
            var bound =
                    (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();
            URI hello = URI.create("http://127.0.0.1:" + bound.getPort() + "/hello?x=%C3%A9");
            var answer = client.send(HttpRequest.newBuilder(hello).build(), HttpResponse.BodyHandlers.ofString());
            System.out.println("over the socket: " + answer.statusCode() + " " + answer.body());
            try (Response called = proxy.service("host").handle(Request.get("/hello"), Exchange.begin())) {
                System.out.println("in process: " + called.status());
            }
        }
        server.stop();
    }
}
