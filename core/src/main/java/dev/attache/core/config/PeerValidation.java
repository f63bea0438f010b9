package dev.attache.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a peer's certificate has to be.
 *
 * @param trustedCa PEM bundle that the peer's chain is verified against
 * @param systemRoots verifies against the platform's roots where no bundle is named
 * @param subjectAltNames the certificate must carry a name that matches one of these; empty asks nothing
 * @param crl revocation lists in PEM
 * @param crlOfLeafOnly only the peer's own certificate needs a list
 * @param secret file that said this, or a part of it, and is followed when it says something else; empty where all of it
 *         stands in the configuration directly
 */
public record PeerValidation(
        Optional<PemSource> trustedCa,
        boolean systemRoots,
        List<SubjectAltNameMatch> subjectAltNames,
        Optional<PemSource> crl,
        boolean crlOfLeafOnly,
        Optional<SecretFile<PeerValidation>> secret) {

    /** Any peer will do. */
    public static final PeerValidation NONE =
            new PeerValidation(Optional.empty(), false, List.of(), Optional.empty(), false, Optional.empty());

    public PeerValidation {
        subjectAltNames = List.copyOf(subjectAltNames);
    }

    /** Whether a chain is verified at all. */
    public boolean verifiesChain() {
        return trustedCa.isPresent() || systemRoots;
    }

    /** This with another one merged over it, as protobuf merges. */
    public PeerValidation with(PeerValidation over) {
        List<SubjectAltNameMatch> names = new ArrayList<>(subjectAltNames);
        names.addAll(over.subjectAltNames);
        return new PeerValidation(
                over.trustedCa.or(() -> trustedCa),
                systemRoots || over.systemRoots,
                names,
                over.crl.or(() -> crl),
                crlOfLeafOnly || over.crlOfLeafOnly,
                over.secret.or(() -> secret));
    }

    /** The same, which a secret said. */
    public PeerValidation from(SecretFile<PeerValidation> file) {
        return new PeerValidation(trustedCa, systemRoots, subjectAltNames, crl, crlOfLeafOnly, Optional.of(file));
    }

    /**
     * What the secret says now; this where there is no secret.
     *
     * @throws ConfigException when the secret cannot be read
     */
    public PeerValidation current() {
        return secret.isPresent() ? secret.get().read() : this;
    }
}
