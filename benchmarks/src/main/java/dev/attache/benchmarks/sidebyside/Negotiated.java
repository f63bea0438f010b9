package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.sidebyside.Stage.Running;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What proxies agree on with OpenSSL's client at its defaults, which is what all clients of TLS here use. */
final class Negotiated {

    private static final Pattern SUITE = Pattern.compile("New, (TLSv[0-9.]+), Cipher is (\\S+)");
    private static final Pattern SIGNATURE = Pattern.compile("Peer signature type: (\\S+)");
    private static final Pattern GROUP = Pattern.compile("Server Temp Key: ([^,\\n]+)");

    private Negotiated() {}

    /** A sentence for the note of a table. */
    static String sentence(List<Running> peers) throws IOException {
        List<String> all = new ArrayList<>();
        for (Running peer : peers) {
            all.add(peer.peer().name() + " " + with(peer.port()));
        }
        return " Negotiated: " + String.join("; ", all) + ".";
    }

    private static String with(int port) throws IOException {
        return parse(
                Patience.output(List.of(Executables.path("openssl"), "s_client", "-connect", "127.0.0.1:" + port), 0));
    }

    static String parse(String output) {
        List<String> parts = new ArrayList<>();
        for (Pattern pattern : List.of(SUITE, SIGNATURE, GROUP)) {
            Matcher matcher = pattern.matcher(output);
            if (matcher.find()) {
                for (int group = 1; group <= matcher.groupCount(); group++) {
                    parts.add(matcher.group(group));
                }
            }
        }
        return parts.isEmpty() ? "nothing" : String.join(" ", parts);
    }
}
