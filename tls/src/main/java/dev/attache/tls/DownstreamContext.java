package dev.attache.tls;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.net.CertificateState;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;

/** TLS toward the clients of one filter chain, with what stands in its files now. */
final class DownstreamContext implements DownstreamTls, CertificateUser {

    private final TlsEngine kind;
    private final DownstreamTlsConfig config;
    private final User user;
    private final FileWatch watch;
    private final ReloadReports reports;
    private final List<KeyFiles> pairs = new ArrayList<>();
    private final AuthorityFiles authorities;
    private final ServerKeyManager keys;
    private int generation;
    private volatile ServerContext context;

    /**
     * Reads the files.
     *
     * @param watch told when this is closed
     */
    DownstreamContext(
            TlsEngine kind,
            DownstreamTlsConfig config,
            User user,
            TrustFiles trust,
            FileWatch watch,
            ReloadReports reports) {
        this.kind = kind;
        this.config = config;
        this.user = user;
        this.watch = watch;
        this.reports = reports;
        Field field = user.field();
        authorities = new AuthorityFiles(config.validation(), false, trust, user);
        List<CertificateFiles> files = config.certificates();
        for (int i = 0; i < files.size(); i++) {
            pairs.add(new KeyFiles(files.get(i), kind, field.at("certificates[" + i + "]")));
        }
        keys = new ServerKeyManager(serverKeys());
        context = serverContext();
    }

    private ServerKeys serverKeys() {
        return new ServerKeys(pairs.stream().map(KeyFiles::key).toList(), generation++);
    }

    private ServerContext serverContext() {
        return new ServerContext(kind, config, keys, authorities.trust(), user.field());
    }

    @Override
    public synchronized void look() {
        boolean changed = false;
        for (KeyFiles pair : pairs) {
            changed |= reports.look(pair.loaded(), user);
        }
        if (changed) {
            keys.use(serverKeys());
        }
        if (reports.look(authorities.loaded(), user)) {
            context = serverContext();
        }
    }

    @Override
    public SSLEngine engine() {
        return context.engine();
    }

    @Override
    public Stream<CertificateState> certificates() {
        return Stream.concat(authorities.state(), pairs.stream().map(pair -> pair.state(user)));
    }

    @Override
    public void close() {
        watch.remove(this);
    }
}
