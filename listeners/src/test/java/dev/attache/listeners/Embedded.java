package dev.attache.listeners;

import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A proxy within this process, as an application embeds it, in the native form. */
final class Embedded {

    /** What a call in this process has answered. */
    record Answer(int status, String body) {}

    private Embedded() {}

    /** An upstream whose answer is the number of the connection, the path and the value of {@code x-version}. */
    static RawUpstream.Script telling() {
        return peer -> {
            for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                peer.readBody(RawUpstream.contentLength(head));
                String body = peer.number() + " " + head.split(" ", 3)[1] + " " + version(head);
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
            }
        };
    }

    private static String version(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-version: "))
                .map(line -> line.substring("x-version: ".length()))
                .findFirst()
                .orElse("-");
    }

    /** A listener in front of an upstream on loopback; {@code more} are further fields. */
    static String listener(String name, int port, int upstream, String more) {
        return "- {name: %s, port: %d, upstream: \"127.0.0.1:%d\", connect_timeout: 10s, encryption: false%s}%n"
                .formatted(name, port, upstream, more);
    }

    static ProxyConfig config(String listeners, String... more) {
        String text = "listeners:\n" + listeners + String.join("\n", more);
        return ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(text), false))
                .config();
    }

    static int port(Attache proxy, String listener) {
        return proxy.listeners().stream()
                .filter(bound -> bound.config().name().equals(listener))
                .map(bound -> ((InetSocketAddress) bound.addresses().getFirst()).getPort())
                .findFirst()
                .orElseThrow();
    }

    /** One request on a connection of its own. */
    static RawClient.Answer get(int port, String path) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            return get(client, path);
        }
    }

    static RawClient.Answer get(RawClient client, String path) throws IOException {
        client.send("GET " + path + " HTTP/1.1\r\nhost: demo\r\n\r\n");
        return client.readAnswer();
    }

    /** One call in this process. */
    static Answer call(HttpService service, Request request) throws IOException {
        try (Response answer = service.handle(request, Exchange.begin())) {
            StringBuilder text = new StringBuilder();
            for (ByteBuffer part = answer.body().read();
                    part != null;
                    part = answer.body().read()) {
                text.append(StandardCharsets.UTF_8.decode(part));
            }
            return new Answer(answer.status(), text.toString());
        }
    }
}
