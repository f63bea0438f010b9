package dev.attache.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class HopByHopTest {

    @Test
    void removesWhatBelongsToTheConnection() {
        HttpFields received = HttpFields.build()
                .add("Connection", "keep-alive")
                .add("Keep-Alive", "timeout=5")
                .add("Proxy-Connection", "keep-alive")
                .add("TE", "gzip")
                .add("Transfer-Encoding", "chunked")
                .add("Upgrade", "h2c")
                .add("HTTP2-Settings", "AAMAAABkAAQAAP__")
                .add("Trailer", "x-t")
                .add("Accept", "text/html");

        assertThat(HopByHop.request(received, false).getFieldNamesCollection()).containsExactly("Accept");
        assertThat(HopByHop.response(received, false).getFieldNamesCollection()).containsExactly("Accept");
    }

    @Test
    void removesWhatIsNominatedSaveWhatOthersRelyOn() {
        HttpFields received = HttpFields.build()
                .add("Connection", "close, X-Hop, x-forwarded-for")
                .add("Connection", "AUTHORIZATION, accept, traceparent, x-request-id")
                .add("x-hop", "1")
                .add("X-Forwarded-For", "192.0.2.1")
                .add("Authorization", "Basic x")
                .add("Accept", "text/html")
                .add("traceparent", "00-1-2-01")
                .add("x-request-id", "3");

        assertThat(HopByHop.request(received, true).getFieldNamesCollection())
                .containsExactly("X-Forwarded-For", "Authorization", "traceparent", "x-request-id");
    }

    @Test
    void keepsTheWillToTakeTrailersWhereTheyAreCarried() {
        HttpFields received = HttpFields.build()
                .add("TE", "gzip, trailers")
                .add("Trailer", "x-t")
                .add("Connection", "TE");

        HttpFields kept = HopByHop.request(received, true);

        assertThat(kept.get("te")).isEqualTo("trailers");
        assertThat(kept.get("trailer")).isEqualTo("x-t");
        assertThat(kept.size()).isEqualTo(2);
    }
}
