package dev.attache.tls;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.net.CertificateState;
import dev.attache.core.net.TlsProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the files that a configuration names, and the PEM in it, and makes contexts from them. */
final class TlsContexts implements TlsProvider {

    private static final Logger log = LoggerFactory.getLogger(TlsContexts.class);

    private final TlsEngine preferred;
    private final TrustFiles trust = new TrustFiles();
    private final FileWatch watch;
    private final ReloadReports reports = new ReloadReports();

    /** Set when it is first needed: a proxy without TLS loads no native library. */
    private volatile @Nullable TlsEngine engine;

    TlsContexts(TlsEngine preferred) {
        this(preferred, FileWatch.PERIOD);
    }

    /** @param lookPeriod time between two looks at all files */
    TlsContexts(TlsEngine preferred, Duration lookPeriod) {
        this.preferred = preferred;
        this.watch = new FileWatch(lookPeriod);
    }

    @Override
    public UpstreamTls upstream(UpstreamTlsConfig config, String cluster) {
        UpstreamContext context = new UpstreamContext(engine(), config, new User(true, cluster), trust, watch, reports);
        watch.add(context);
        return context;
    }

    @Override
    public DownstreamTls downstream(DownstreamTlsConfig config, String listener) {
        User user = new User(false, listener);
        TlsEngine able = able(config, user);
        ServerLimits.check(config, able, user);
        DownstreamContext context = new DownstreamContext(able, config, user, trust, watch, reports);
        watch.add(context);
        return context;
    }

    /** The engine that shows certificates of all kinds that are named. */
    private TlsEngine able(DownstreamTlsConfig config, User user) {
        TlsEngine able = engine();
        for (int i = 0; i < config.certificates().size(); i++) {
            CertificateFiles files = config.certificates().get(i).current();
            Field field = user.field()
                    .at("certificates[" + i + "]")
                    .in(files.secret(), "tls_certificate")
                    .at("private_key");
            PrivateKey key = PemBlocks.privateKey(PemText.read(files.key(), field), field);
            if (!able.canShow(key.getAlgorithm())) {
                log.warn(
                        "{}: TLS by the JDK, which is slower: {} is a key of kind {}",
                        user,
                        files.key(),
                        key.getAlgorithm());
                return TlsEngine.JDK;
            }
        }
        return able;
    }

    @Override
    public List<CertificateState> certificates() {
        Map<CertificateState, Set<String>> users = new LinkedHashMap<>();
        watch.users().stream()
                .flatMap(CertificateUser::certificates)
                .sorted(Comparator.comparing(CertificateState::source))
                .forEach(state -> users.computeIfAbsent(state.by(List.of()), absent -> new TreeSet<>())
                        .addAll(state.users()));
        return users.entrySet().stream()
                .map(entry -> entry.getKey().by(List.copyOf(entry.getValue())))
                .toList();
    }

    @Override
    public void onReload(ReloadListener listener) {
        reports.to(listener);
    }

    /** For tests: looks at all files now. */
    void look() {
        watch.check();
    }

    @Override
    public void warmUp() {
        try {
            WarmUp.run(engine());
        } catch (GeneralSecurityException | IOException | RuntimeException failed) {
            log.debug("the warm-up of TLS failed; the first handshake will be slower", failed);
        }
    }

    private TlsEngine engine() {
        TlsEngine found = engine;
        if (found == null) {
            synchronized (this) {
                found = engine;
                if (found == null) {
                    found = preferred.orJdk();
                    engine = found;
                }
            }
        }
        return found;
    }
}
