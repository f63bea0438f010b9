package dev.attache.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MockUpstreamIT {

    private static MockUpstream upstream;

    @BeforeAll
    static void start() {
        upstream = MockUpstream.start();
    }

    @AfterAll
    static void stop() {
        upstream.close();
    }

    @BeforeEach
    void reset() throws Exception {
        upstream.reset();
    }

    @Test
    void answersAsItIsTold() throws Exception {
        upstream.expect("""
            {"httpRequest": {"path": "/page"}, "httpResponse": {"statusCode": 503}, "times": {"remainingTimes": 1}}
            """);
        upstream.expect("""
            {"httpRequest": {"path": "/page"}, "httpResponse": {"statusCode": 200, "body": "hello"}}
            """);
        assertThat(get("/page").statusCode()).isEqualTo(503);
        assertThat(get("/page").body()).isEqualTo("hello");
        upstream.verify("""
            {"httpRequest": {"path": "/page"}, "times": {"atLeast": 2, "atMost": 2}}
            """);
        assertThatThrownBy(() -> upstream.verify("""
            {"httpRequest": {"path": "/page"}, "times": {"atLeast": 3}}
            """)).isInstanceOf(AssertionError.class);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + upstream.port() + path);
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }
}
