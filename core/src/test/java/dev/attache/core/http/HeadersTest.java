package dev.attache.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    @Test
    void fieldsKeepTheirOrderAndTheirOctets() {
        Headers headers = new Headers(1).add("B", "\u00FF").add("a", "").add("b", "2");
        assertThat(headers.size()).isEqualTo(3);
        assertThat(headers.name(0)).isEqualTo("B");
        assertThat(headers.value(0)).isEqualTo("\u00FF");
        assertThat(headers.name(2)).isEqualTo("b");
        assertThat(headers.value(2)).isEqualTo("2");
        assertThat(headers).hasToString("B: \u00FF\na: \nb: 2\n");
    }

    @Test
    void theFirstFieldOfANameIsFoundWhateverItsCase() {
        Headers headers = new Headers().add("X-Own", "1").add("x-own", "2");
        assertThat(headers.get("x-own")).isEqualTo("1");
        assertThat(headers.get("X-OWN")).isEqualTo("1");
        assertThat(headers.indexOf("x-own", 1)).isEqualTo(1);
        assertThat(headers.indexOf("x-own", 2)).isEqualTo(-1);
        assertThat(headers.contains("x-oWn")).isTrue();
        assertThat(headers.get("x-ow")).isNull();
        assertThat(headers.contains("x-other")).isFalse();
    }

    @Test
    void onlyLettersOfAsciiHaveTwoCases() {
        Headers headers = new Headers()
                .add("\u00E4", "1")
                .add("k", "2")
                .add("[", "3")
                .add("@", "4")
                .add("\u00FF", "5");
        assertThat(headers.get("\u00C4")).isNull();
        assertThat(headers.get("\u212A")).isNull();
        assertThat(headers.get("{")).isNull();
        assertThat(headers.get("`")).isNull();
        assertThat(headers.get("\u0178")).isNull();
        assertThat(headers.get("K")).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 100})
    void thereIsRoomForMoreThanExpected(int expected) {
        Headers headers = new Headers(expected);
        for (int i = 0; i < 1000; i++) {
            headers.add("x-" + i, "v" + i);
        }
        assertThat(headers.size()).isEqualTo(1000);
        assertThat(headers.get("x-999")).isEqualTo("v999");
    }

    @Test
    void nothingIsFoundBeyondTheEndNorAfterClearing() {
        Headers headers = new Headers().add("a", "b");
        assertThatThrownBy(() -> headers.name(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> headers.value(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        headers.clear();
        assertThat(headers.size()).isZero();
        assertThat(headers.get("a")).isNull();
        assertThatThrownBy(() -> headers.name(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
