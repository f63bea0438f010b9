package dev.attache.tls;

import dev.attache.core.config.UpstreamTlsConfig;

/**
 * The names of one connection's peer.
 *
 * @param sent     server name in the handshake; empty for none; never a literal address (RFC 6066, 3)
 * @param expected name or literal address that the certificate is asked for
 */
record ServerName(String sent, String expected) {

    private static final int LONGEST = 253;

    /** What the configuration says for a connection to an endpoint, opened for a request with this authority. */
    static ServerName of(UpstreamTlsConfig config, String endpointName, String authority) {
        String chosen = "";
        if (config.autoSni()) {
            chosen = host(authority);
        }
        if (chosen.isEmpty()) {
            chosen = config.sni();
        }
        if (chosen.isEmpty() && config.sniFromEndpoint()) {
            chosen = endpointName;
        }
        chosen = withoutFinalDot(chosen);
        return new ServerName(
                isHostName(chosen) ? chosen : "", chosen.isEmpty() ? withoutFinalDot(endpointName) : chosen);
    }

    /** The host of {@code host:port}. */
    private static String host(String authority) {
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        return end > 0 ? authority.substring(0, end) : authority;
    }

    private static String withoutFinalDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static boolean isHostName(String name) {
        if (name.isEmpty() || name.length() > LONGEST || CertificateNames.address(name) != null) {
            return false;
        }
        boolean labelBegins = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.' ? labelBegins : !isOfLabel(c)) {
                return false;
            }
            labelBegins = c == '.';
        }
        return true;
    }

    private static boolean isOfLabel(char c) {
        return c == '-' || c == '_' || (c < 0x80 && Character.isLetterOrDigit(c));
    }
}
