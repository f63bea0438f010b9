package dev.attache.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderAddition.Action;
import dev.attache.core.http.Exchange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddedHeaderTest {

    private static String values(HeaderAddition addition, String before) {
        HttpFields.Mutable headers = HttpFields.build();
        if (before != null) {
            headers.add("x-a", before);
        }
        new AddedHeader(addition).addTo(headers, Exchange.begin());
        return String.join(",", headers.getValuesList("x-a"));
    }

    @ParameterizedTest
    @CsvSource({
        "APPEND_IF_EXISTS_OR_ADD,old,'old,new'", "APPEND_IF_EXISTS_OR_ADD,,new",
        "ADD_IF_ABSENT,old,old", "ADD_IF_ABSENT,,new",
        "OVERWRITE_IF_EXISTS_OR_ADD,old,new", "OVERWRITE_IF_EXISTS_OR_ADD,,new",
        "OVERWRITE_IF_EXISTS,old,new", "OVERWRITE_IF_EXISTS,,''"
    })
    void doesWhatItsActionSays(Action action, String before, String after) {
        assertThat(values(new HeaderAddition("X-A", "new", action, false), before))
                .isEqualTo(after);
    }

    @Test
    void addsNoEmptyValueUnlessToldTo() {
        HttpFields.Mutable headers = HttpFields.build();
        new AddedHeader(new HeaderAddition("x-a", "%REQ(x)%")).addTo(headers, Exchange.begin());
        assertThat(headers.contains("x-a")).isFalse();

        new AddedHeader(new HeaderAddition("x-a", "%REQ(x)%", Action.ADD_IF_ABSENT, true))
                .addTo(headers, Exchange.begin());
        assertThat(headers.get("x-a")).isEmpty();
    }

    @Test
    void formatsItsValue() throws Exception {
        InetSocketAddress client = new InetSocketAddress(InetAddress.getByName("10.1.2.3"), 4711);
        Exchange exchange = Exchange.begin(new Exchange.Downstream(client, client, client, "HTTP/1.1"));
        HttpFields.Mutable headers = HttpFields.build();

        new AddedHeader(new HeaderAddition("x-client-ip", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"))
                .addTo(headers, exchange);

        assertThat(headers.get("x-client-ip")).isEqualTo("10.1.2.3");
    }
}
