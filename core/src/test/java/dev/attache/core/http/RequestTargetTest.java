package dev.attache.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//a//b",
                "/a|b",
                "/a\\b",
                "/a\"<>^`{}[]",
                "/a/..;/b",
                "/a/../b",
                "/%2F",
                "/%c0%ae",
                "/%u0041",
                "/a;x=%zz",
                "/?%zz&[]",
                "/caf\u00c3\u00a9",
                "/\u00ff",
                "//u@h/x"
            })
    void passesOddPathsAsTheyAre(String target) {
        assertThat(RequestTarget.of("GET", target, "a")).isEqualTo(target);
        assertThat(RequestTarget.isPathAndQuery(target)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a:80",
                "?x",
                "*",
                "/a b",
                "/\t",
                "/a\u007f",
                "/a#b",
                "/?a#b",
                "/%",
                "/%4",
                "/%zz",
                "/%00",
                "/%u0000",
                "/..",
                "/../a",
                "/a/../..",
                "/%2e%2E/a",
                "/.%2e",
                "/..;x/a",
                "/\u4e2d",
                "http:/b",
                "http:///b",
                "ftp://a/",
                "http://b/",
                "http://u@a/",
                "http://a#b",
                "http://a:x/",
                "http://[/",
                "http://[::1/",
                "http://"
            })
    void refusesWhatIsNoTargetOrReadsDifferently(String target) {
        assertThat(RequestTarget.of("GET", target, "a")).isNull();
        assertThat(RequestTarget.isPathAndQuery(target)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, http://a/b?c, a, /b?c",
        "GET, HTTP://A, a, /",
        "GET, http://a?x, a, /?x",
        "GET, http://a:80/b, a, /b",
        "GET, http://a:/b, a, /b",
        "GET, https://a/b, a:443, /b",
        "GET, 'http://[::1]:80/b', '[::1]', /b",
        "OPTIONS, *, a, *",
        "OPTIONS, http://a, a, *"
    })
    void takesTheOtherFormsOfATarget(String method, String uri, String host, String target) {
        assertThat(RequestTarget.of(method, uri, host)).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a:80",
                "A.b-c_d",
                "a:00080",
                "a:65535",
                "[::1]",
                "[::1]:8080",
                "[::ffff:1.2.3.4]",
                "%41",
                "a!$&'()*+;=~"
            })
    void knowsAuthorities(String authority) {
        assertThat(Authority.isValid(authority)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a:",
                "a:+80",
                "a:-1",
                "a:0",
                "a:65536",
                "a:080000",
                "a:b",
                "a:8 0",
                "a b",
                "a/b",
                "a?b",
                "a#b",
                "u@a",
                "a,b",
                "::1",
                "[]",
                "[g]",
                "[1]",
                "[::1",
                "[::1]x",
                "[::1]:",
                "[::1]:+1",
                "%zz",
                "a%4",
                "\u00e9",
                "a\tb",
                "a\r\nb",
                ":80"
            })
    void knowsWhatIsNone(String authority) {
        assertThat(Authority.isValid(authority)).isFalse();
        assertThat(Authority.isHostAndPort(authority)).isFalse();
    }

    @Test
    void namesTheAuthorityOfAnAbsoluteTarget() {
        assertThat(RequestTarget.authority("http://a:80/x")).isEqualTo("a:80");
        assertThat(RequestTarget.authority("/http://a/")).isEmpty();
        assertThat(RequestTarget.authority("http://[/")).isEmpty();
    }

    @Test
    void octetsAreTheUtf8FormOfOurTexts() {
        assertThat(Octets.of("caf\u00e9")).isEqualTo("caf\u00c3\u00a9");
        assertThat(Octets.text("caf\u00c3\u00a9")).isEqualTo("caf\u00e9");
        assertThat(Octets.text("caf\u00e9")).isEqualTo("caf\u00e9");
        assertThat(Octets.change("/caf\u00c3\u00a9", text -> text + "\u00fc"))
                .isEqualTo("/caf\u00c3\u00a9\u00c3\u00bc");
        assertThat(Octets.change("/caf\u00e9", text -> text + "!")).isEqualTo("/caf\u00e9!");
    }
}
