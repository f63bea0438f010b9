package dev.attache.tls;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * Whom one side of a handshake takes for who it says it is.
 *
 * @param anchors  what chains must end in; empty where chains are not verified
 * @param revoked  lists of what is trusted no longer
 * @param identity names that a certificate must carry
 */
record Trust(Optional<TrustAnchors> anchors, Optional<RevocationLists> revoked, PeerIdentity identity) {

    /** For connections to servers, who are not told whom we trust. */
    PeerTrust inServers(TlsEngine kind) throws GeneralSecurityException {
        return new PeerTrust(verifiers(kind), revoked, identity, List.of());
    }

    /** For connections of clients, who are told, so that they can choose a certificate. */
    PeerTrust inClients(TlsEngine kind) throws GeneralSecurityException {
        List<X509Certificate> issuers = anchors.map(TrustAnchors::certificates).orElse(List.of());
        return new PeerTrust(verifiers(kind), revoked, identity, issuers);
    }

    private Optional<ChainVerifiers> verifiers(TlsEngine kind) throws GeneralSecurityException {
        return anchors.isEmpty() ? Optional.empty() : Optional.of(anchors.get().verifiers(kind));
    }
}
