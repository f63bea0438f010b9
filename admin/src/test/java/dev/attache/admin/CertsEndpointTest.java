package dev.attache.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.net.CertificateState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertsEndpointTest {

    @TempDir
    Path folder;

    @Test
    void showsWhatIsInUseAndNotWhatIsOnDisk() throws Exception {
        Certificates ca = Certificates.in(folder);
        Leaf leaf = ca.issue("svc.test", "10.0.0.1");
        Files.writeString(leaf.chain(), "half of a certificate");
        CertificateState chain = new CertificateState(
                leaf.chain().toString(), false, leaf.path(), List.of("listener l"), 2, "the block does not end");

        String body = answer(chain);

        assertThat(body)
                .contains(
                        "\"serial_number\": \""
                                + leaf.certificate().getSerialNumber().toString(16) + "\"",
                        "\"dns\": \"svc.test\"",
                        "\"ip_address\": \"10.0.0.1\"",
                        "\"days_until_expiration\": \"29\"",
                        "\"listener l\"",
                        "\"reload_failures\": 2",
                        "\"reload_error\": \"the block does not end\"",
                        "\"ca_cert\": []")
                .doesNotContain("PRIVATE");
    }

    @Test
    void showsAuthorities() {
        Certificates ca = Certificates.in(folder);
        String body = answer(new CertificateState(
                ca.bundle().toString(), true, List.of(ca.certificate()), List.of("cluster c", "listener l"), 0, ""));

        assertThat(body)
                .contains("\"path\": \"" + ca.bundle() + "\"", "\"cert_chain\": []", "\"cluster c\"", "\"listener l\"")
                .doesNotContain("reload_error");
    }

    private static String answer(CertificateState... states) {
        return new CertsEndpoint(() -> List.of(states))
                .answer(new AdminQuery(Map.of()))
                .body();
    }
}
