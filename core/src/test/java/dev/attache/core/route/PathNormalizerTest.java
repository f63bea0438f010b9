package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.EscapedSlashes;
import dev.attache.core.route.PathNormalizer.Forward;
import dev.attache.core.route.PathNormalizer.Redirect;
import dev.attache.core.route.PathNormalizer.Reject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathNormalizerTest {

    @ParameterizedTest
    @ValueSource(strings = {"/AC%2FDC", "//a//b", "/a/../b", "/%7Ea|b", "*", "/a%00", "/?../x"})
    void keepsEveryPathUnlessItIsToldOtherwise(String target) {
        PathNormalizer normalizer = new PathNormalizer(false, false, EscapedSlashes.KEEP_UNCHANGED);
        assertThat(normalizer.keepsAll()).isTrue();
        assertThat(normalizer.normalize(target)).isEqualTo(new Forward(target));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "/, /",
        "/a/b, /a/b",
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/a/b/.., /a/",
        "/a/b/., /a/b/",
        "/.., /",
        "/../../a, /a",
        "/a/%2e%2E/b, /b",
        "/a/%2e/b, /a/b",
        "/a/..b/.c, /a/..b/.c",
        "/%61%7E%2D, /a~-",
        "/%2F, /%2F",
        "/%25, /%25",
        "/100%, /100%",
        "/%zz, /%zz",
        "/a\\b, /a/b",
        "//a, //a",
        "//../a, /a",
        "/a/../b?x=/../y, /b?x=/../y",
        "*, *",
    })
    void resolvesDotSegments(String target, String expected) {
        assertThat(new PathNormalizer(true, false, EscapedSlashes.KEEP_UNCHANGED).normalize(target))
                .isEqualTo(new Forward(expected));
    }

    @Test
    void refusesAnEscapedNul() {
        assertThat(new PathNormalizer(true, false, EscapedSlashes.KEEP_UNCHANGED).normalize("/a%00b"))
                .isEqualTo(new Reject());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"//a///b//, /a/b/", "/a, /a", "//, /", "/a?b//c, /a?b//c"})
    void mergesSlashes(String target, String expected) {
        assertThat(new PathNormalizer(false, true, EscapedSlashes.KEEP_UNCHANGED).normalize(target))
                .isEqualTo(new Forward(expected));
    }

    @Test
    void treatsEscapedSlashesAsItIsTold() {
        String target = "/a%2Fb%5cc?d%2Fe";
        assertThat(new PathNormalizer(false, false, EscapedSlashes.REJECT_REQUEST).normalize(target))
                .isEqualTo(new Reject());
        assertThat(new PathNormalizer(false, false, EscapedSlashes.UNESCAPE_AND_REDIRECT).normalize(target))
                .isEqualTo(new Redirect("/a/b\\c?d%2Fe"));
        assertThat(new PathNormalizer(false, false, EscapedSlashes.UNESCAPE_AND_FORWARD).normalize(target))
                .isEqualTo(new Forward("/a/b\\c?d%2Fe"));
        assertThat(new PathNormalizer(false, false, EscapedSlashes.UNESCAPE_AND_REDIRECT).normalize("/a/b"))
                .isEqualTo(new Forward("/a/b"));
    }

    @Test
    void unescapesBeforeItResolves() {
        assertThat(new PathNormalizer(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD).normalize("/a/..%2f%5Cb"))
                .isEqualTo(new Forward("/b"));
    }
}
