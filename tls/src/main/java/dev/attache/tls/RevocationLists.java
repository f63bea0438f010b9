package dev.attache.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lists of revoked certificates. A certificate without a list of its issuer's, or with one that is out of date, counts
 * as revoked, as with OpenSSL's {@code X509_V_FLAG_CRL_CHECK_ALL}. Nothing is fetched. Safe for use by all threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-6.3">RFC 5280, 6.3</a>
 */
final class RevocationLists {

    private final Set<TrustAnchor> anchors;
    private final CertStore lists;
    private final boolean leafOnly;

    private RevocationLists(Set<TrustAnchor> anchors, CertStore lists, boolean leafOnly) {
        this.anchors = anchors;
        this.lists = lists;
        this.leafOnly = leafOnly;
    }

    /** @param leafOnly asks for no list of the issuers of intermediate certificates */
    static RevocationLists read(PemText pem, boolean leafOnly, TrustAnchors anchors, Field field) {
        Set<TrustAnchor> ends = anchors.certificates().stream()
                .map(root -> new TrustAnchor(root, null))
                .collect(Collectors.toUnmodifiableSet());
        try {
            return new RevocationLists(ends, store(PemBlocks.revocationLists(pem, field)), leafOnly);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static CertStore store(List<?> contents) throws GeneralSecurityException {
        return CertStore.getInstance("Collection", new CollectionCertStoreParameters(contents));
    }

    /** Throws unless no certificate of a chain, which was found good otherwise, is revoked. */
    void check(X509Certificate[] chain) throws CertificateException {
        try {
            X509CertSelector leaf = new X509CertSelector();
            leaf.setCertificate(chain[0]);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, leaf);
            parameters.addCertStore(store(List.of(chain)));
            parameters.addCertStore(lists);
            CertPathBuilder builder = CertPathBuilder.getInstance("PKIX");
            PKIXRevocationChecker checker = (PKIXRevocationChecker) builder.getRevocationChecker();
            checker.setOptions(options());
            parameters.addCertPathChecker(checker);
            builder.build(parameters);
        } catch (GeneralSecurityException refused) {
            throw new CertificateException("revoked, or not on record: " + refused.getMessage(), refused);
        }
    }

    private Set<PKIXRevocationChecker.Option> options() {
        Set<PKIXRevocationChecker.Option> options =
                EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK);
        if (leafOnly) {
            options.add(PKIXRevocationChecker.Option.ONLY_END_ENTITY);
        }
        return options;
    }
}
