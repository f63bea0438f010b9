package dev.attache.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class WebSocketKeyTest {

    @Test
    void answersAsTheExampleOfTheStandardDoes() {
        assertThat(WebSocketKey.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void asksSomethingElseEachTime() {
        assertThat(Base64.getDecoder().decode(WebSocketKey.random())).hasSize(16);
        assertThat(WebSocketKey.random()).isNotEqualTo(WebSocketKey.random());
    }
}
