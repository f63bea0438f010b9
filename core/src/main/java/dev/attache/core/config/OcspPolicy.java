package dev.attache.core.config;

/** What becomes of a certificate whose OCSP staple is missing or no longer valid (Envoy's {@code ocsp_staple_policy}). */
public enum OcspPolicy {
    /** It is shown without a staple. */
    LENIENT,
    /** It is shown without a staple where none is configured, and not at all where the configured one has expired. */
    STRICT,
    /** It is not shown without a valid staple. */
    MUST_STAPLE
}
