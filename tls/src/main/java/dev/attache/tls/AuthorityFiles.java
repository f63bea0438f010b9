package dev.attache.tls;

import dev.attache.core.config.PeerValidation;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.SecretFile;
import dev.attache.core.net.CertificateState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one user asks of its peers: authorities, their revocation lists, names; followed in their files and in the secret
 * that names them.
 */
final class AuthorityFiles {

    /**
     * What is in use.
     *
     * @param bundle what the authorities were read from; empty for none, or for the platform's
     */
    private record Loaded(Optional<PemSource> bundle, Trust trust) {}

    private final PeerValidation written;
    private final boolean verifyHost;
    private final TrustFiles authorities;
    private final User user;
    private final Field field;
    private final Reloadable<Loaded> loaded;

    /**
     * Reads the files.
     *
     * @param verifyHost  whether a certificate must carry the host's name besides
     * @param authorities reads bundles, for all users
     * @throws dev.attache.core.config.ConfigException when a file cannot be read, or there are names or lists for nobody
     */
    AuthorityFiles(PeerValidation written, boolean verifyHost, TrustFiles authorities, User user) {
        this.written = written;
        this.verifyHost = verifyHost;
        this.authorities = authorities;
        this.user = user;
        this.field = user.field().in(written.secret(), "validation_context");
        this.loaded = new Reloadable<>(
                written.secret().stream().map(SecretFile::file).toList(),
                () -> content(written.current()),
                () -> content(stillVerifying(written.current())));
    }

    private Reloadable.Content<Loaded> content(PeerValidation now) {
        if (!user.cluster() && now.systemRoots()) {
            throw field.at("trusted_ca").wrong("the platform's roots for client certificates", "a trusted_ca");
        }
        if (!now.verifiesChain() && !now.subjectAltNames().isEmpty()) {
            throw field.at("subject_alt_names").wrong("no trusted_ca beside it", "a trusted_ca, else any peer passes");
        }
        if (!now.verifiesChain() && now.crl().isPresent()) {
            throw field.at("crl").wrong("no trusted_ca beside it", "a trusted_ca, else no peer is verified");
        }
        List<Path> files = Stream.of(now.trustedCa(), now.crl())
                .flatMap(Optional::stream)
                .flatMap(source -> source.file().stream())
                .toList();
        return new Reloadable.Content<>(files, () -> read(now));
    }

    /** A secret that is emptied does not open the door to everybody. */
    private PeerValidation stillVerifying(PeerValidation now) {
        if (trust().anchors().isPresent() && !now.verifiesChain()) {
            throw field.at("trusted_ca").wrong("no longer there", "a trusted_ca, else no peer is verified");
        }
        return now;
    }

    private Loaded read(PeerValidation now) {
        PeerIdentity identity = new PeerIdentity(verifyHost, NameMatchers.of(now.subjectAltNames(), field));
        Optional<TrustAnchors> anchors = authorities.anchors(now.trustedCa(), now.systemRoots(), field);
        Field crl = field.at("crl");
        Optional<RevocationLists> revoked = now.crl()
                .map(lists -> RevocationLists.read(
                        PemText.read(lists, crl), now.crlOfLeafOnly(), anchors.orElseThrow(), crl));
        return new Loaded(now.trustedCa(), new Trust(anchors, revoked, identity));
    }

    Reloadable<?> loaded() {
        return loaded;
    }

    Trust trust() {
        return loaded.value().trust();
    }

    /** Empty where no bundle is named: the platform's authorities are not ours to look after. */
    Stream<CertificateState> state() {
        Loaded now = loaded.value();
        return now.bundle().stream()
                .map(source -> new CertificateState(
                        Origins.of(source, written.secret()),
                        true,
                        now.trust().anchors().orElseThrow().certificates(),
                        List.of(user.toString()),
                        loaded.failures(),
                        loaded.error()));
    }
}
