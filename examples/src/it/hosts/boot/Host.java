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
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A web application that calls itself through a proxy of its own, over a socket and in process. */
@SpringBootApplication
@RestController
public class Host {

    @GetMapping("/hello")
    public String hello() {
        return "hello";
    }

    public static void main(String[] args) throws Exception {
        var context = (ServletWebServerApplicationContext)
                SpringApplication.run(Host.class, "--server.port=0", "--server.address=127.0.0.1");
        int port = context.getWebServer().getPort();
        System.out.println("host: Jetty " + org.eclipse.jetty.util.Jetty.VERSION);
        ProxyConfig config = ProxyConfig.builder()
                .cluster(ClusterConfig.to("host", "127.0.0.1", port).build())
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
        System.exit(SpringApplication.exit(context));
    }
}
