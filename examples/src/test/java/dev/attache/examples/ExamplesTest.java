package dev.attache.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.listeners.Attache;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class ExamplesTest {

    @Test
    void anApplicationCallsAServiceWithinItsOwnProcess() throws Exception {
        try (StandInUpstream upstream = StandInUpstream.start();
                Attache proxy = Attache.builder(EmbeddedApplication.searchOn(upstream.port()))
                        .start()) {
            assertThat(EmbeddedApplication.call(proxy.service("search"), "/_cat/health"))
                    .startsWith("GET /_cat/health for localhost");
        }
    }

    @Test
    void aFilterOfTheApplicationsOwnSeesRequestsAndResponses() throws Exception {
        try (StandInUpstream upstream = StandInUpstream.start();
                Attache proxy = Attache.builder(EmbeddedApplication.searchOn(upstream.port()))
                        .filter(new TimingFilter())
                        .start()) {
            try (Response refused = proxy.service("search").handle(Request.get("/"), Exchange.begin())) {
                assertThat(refused.status()).isEqualTo(403);
            }
            Request named = Request.get("/").withHeaders(HttpFields.build().add("x-caller", "test"));
            try (Response answered = proxy.service("search").handle(named, Exchange.begin())) {
                assertThat(answered.status()).isEqualTo(200);
                assertThat(answered.headers().get("x-took-us")).matches("[0-9]+");
            }
        }
    }

    @Test
    void aPageDictionaryReachesTheWikiNamedInItsHost() throws Exception {
        try (StandInUpstream mediaWiki = StandInUpstream.start();
                Attache proxy = Attache.builder(PageDictionary.servicesProxy(mediaWiki.port()))
                        .start()) {
            InetSocketAddress listener =
                    (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();

            assertThat(new PageDictionary(listener).getPageDict("en.wikipedia.org", "AC/DC"))
                    .startsWith("HTTP/1.1 200")
                    .contains("titles=AC%2FDC for en.wikipedia.org");
        }
    }

    @Test
    void theQuickstartPrintsWhatToTryAndServesIt() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch up = new CountDownLatch(1);
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8) {
            @Override
            public void println(String line) {
                super.println(line);
                up.countDown();
            }
        };
        Thread quickstart = Thread.ofVirtual().start(() -> {
            try {
                Quickstart.run(out, 0, 0, end);
            } catch (Exception failed) {
                failed.printStackTrace(out);
                up.countDown();
            }
        });
        up.await();
        end.countDown();
        quickstart.join();

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("curl -i http://127.0.0.1:", "/hello");
    }
}
