package dev.attache.examples;

import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * MockServer as a scripted upstream. It is started by name and told what to do over its own HTTP interface, so that these
 * tests need none of its many jars to compile.
 *
 * @see <a href="https://www.mock-server.com/mock_server/creating_expectations.html">its expectations</a>
 */
final class MockUpstream implements AutoCloseable {

    private final AutoCloseable server;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private MockUpstream(AutoCloseable server, int port) {
        this.server = server;
        this.port = port;
    }

    /** Starts it on a free port; takes seconds: once for a class of tests. */
    static MockUpstream start() {
        try {
            Class<?> type = Class.forName("org.mockserver.netty.MockServer");
            AutoCloseable server =
                    (AutoCloseable) type.getConstructor(Integer[].class).newInstance((Object) new Integer[] {0});
            return new MockUpstream(server, (int) type.getMethod("getLocalPort").invoke(server));
        } catch (InvocationTargetException failed) {
            throw new IllegalStateException("MockServer does not start", failed.getCause());
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException("MockServer is not on the class path", missing);
        }
    }

    int port() {
        return port;
    }

    /** Adds what it shall do, as JSON: {@code {"httpRequest": ..., "httpResponse": ..., "times": ...}}. */
    void expect(String expectation) throws Exception {
        control("expectation", expectation, 201);
    }

    /** Throws unless the requests have come that the JSON describes. */
    void verify(String requests) throws Exception {
        control("verify", requests, 202);
    }

    /** Forgets expectations and requests. */
    void reset() throws Exception {
        control("reset", "", 200);
    }

    private void control(String command, String json, int expected) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/mockserver/" + command))
                .PUT(HttpRequest.BodyPublishers.ofString(json))
                .header("content-type", "application/json")
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new AssertionError(command + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    @Override
    public void close() {
        http.close();
        try {
            server.close();
        } catch (Exception failed) {
            throw new IllegalStateException("MockServer does not stop", failed);
        }
    }
}
