package dev.attache.core.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class KnownNamesTest {

    @Test
    void eachNameOfTheStaticTableIsKnownByTheSameInstance() {
        for (int index = 1; index <= StaticTable.SIZE; index++) {
            String name = StaticTable.name(index);
            byte[] octets = ("." + name + ".").getBytes(StandardCharsets.ISO_8859_1);
            KnownName known = KnownNames.find(octets, 1, name.length());
            assertThat(known).isNotNull().isSameAs(KnownNames.find(name));
            assertThat(known.name()).isSameAs(name);
            assertThat(known.indexOf(StaticTable.value(index))).isEqualTo(index);
            assertThat(known.indexOf("another")).isZero();
        }
    }

    @Test
    void aNameIsKnownWithCapitalsAndInNoOtherCase() {
        assertThat(KnownNames.find("X-Request-Id")).isSameAs(KnownNames.find("x-request-id"));
        assertThat(KnownNames.find("X-REQUEST-ID")).isNull();
        byte[] octets = "Te".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(KnownNames.find(octets, 0, 2)).isNull();
    }

    @Test
    void anyOtherNameIsUnknown() {
        for (String name : new String[] {"", "x", "x-own", "content-typ", "content-types", "content_type"}) {
            byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
            assertThat(KnownNames.find(octets, 0, octets.length)).isNull();
            assertThat(KnownNames.find(name)).isNull();
            assertThat(KnownNames.find(name.toUpperCase(Locale.ROOT))).isNull();
        }
    }
}
