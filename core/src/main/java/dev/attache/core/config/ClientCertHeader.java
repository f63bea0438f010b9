package dev.attache.core.config;

/**
 * What becomes of {@code x-forwarded-client-cert}, the header that tells an upstream of the client's certificate.
 *
 * @param mode what becomes of the header that a client sends, and whether this proxy adds its own element; default
 *         {@link Mode#SANITIZE}
 * @param subject the element names the certificate's subject; default false
 * @param cert the element carries the certificate; default false
 * @param chain the element carries the certificate's whole chain; default false
 * @param dns the element names the DNS names of the certificate; default false
 * @param uri the element names the URI of the certificate; default false
 * @see <a
 *         href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert">Envoy
 *         x-forwarded-client-cert</a>
 */
public record ClientCertHeader(Mode mode, boolean subject, boolean cert, boolean chain, boolean dns, boolean uri) {

    /** What becomes of the header (Envoy's {@code forward_client_cert_details}). */
    public enum Mode {
        /** It is taken away. */
        SANITIZE,
        /** A client that has shown a certificate is believed; from others it is taken away. */
        FORWARD_ONLY,
        /** As FORWARD_ONLY, and an element for the client's certificate is appended. */
        APPEND_FORWARD,
        /** It is replaced by an element for the client's certificate; without one it is taken away. */
        SANITIZE_SET,
        /** Every client is believed. */
        ALWAYS_FORWARD_ONLY
    }

    /** Takes the header away. */
    public static final ClientCertHeader NONE = new ClientCertHeader(Mode.SANITIZE, false, false, false, false, false);
}
