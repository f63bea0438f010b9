package dev.attache.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.listeners.Attache;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForwardingIT {

    private static MockUpstream upstream;
    private static Attache proxy;

    @BeforeAll
    static void start() {
        upstream = MockUpstream.start();
        String yaml = """
            listeners:
              - name: page
                port: 0
                service: page
                upstream: 127.0.0.1
                timeout: 20s
                xfp: https
                retry: {retry_on: 5xx, num_retries: 1}
            services:
              page: {port: %d, encryption: false}
            """.formatted(upstream.port());
        proxy = Attache.builder(ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(yaml), false))
                        .config())
                .start();
    }

    @AfterAll
    static void stop() {
        proxy.close();
        upstream.close();
    }

    @BeforeEach
    void reset() throws Exception {
        upstream.reset();
    }

    @Test
    void aFailedAnswerIsAskedForOnceMore() throws Exception {
        upstream.expect("""
            {"httpRequest": {"path": "/page"}, "httpResponse": {"statusCode": 503}, "times": {"remainingTimes": 1}}
            """);
        upstream.expect("""
            {"httpRequest": {"path": "/page"}, "httpResponse": {"statusCode": 200, "body": "hello"}}
            """);

        HttpResponse<String> answer = get("/page");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        upstream.verify("""
            {"httpRequest": {"path": "/page"}, "times": {"atLeast": 2, "atMost": 2}}
            """);
    }

    @Test
    void theUpstreamSeesTheRequestAsItWasMeant() throws Exception {
        upstream.expect("""
            {"httpRequest": {"path": "/.*"}, "httpResponse": {"statusCode": 204}}
            """);

        assertThat(get("/wiki/AC%2FDC?a=1").statusCode()).isEqualTo(204);

        upstream.verify("""
            {"httpRequest": {"queryStringParameters": {"a": ["1"]},
              "headers": {"x-forwarded-proto": ["https"], "x-caller": ["test"],
                "x-envoy-expected-rq-timeout-ms": ["20000"]}}, "times": {"atLeast": 1, "atMost": 1}}
            """);
    }

    private static HttpResponse<String> get(String target) throws Exception {
        InetSocketAddress bound =
                (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bound.getPort() + target))
                    .header("x-caller", "test")
                    .build();
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
