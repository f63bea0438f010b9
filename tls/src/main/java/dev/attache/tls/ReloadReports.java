package dev.attache.tls;

import dev.attache.core.net.TlsProvider.ReloadListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators of files that have changed: once in the log, and to who counts them. Safe for use by all threads. */
final class ReloadReports {

    private static final Logger log = LoggerFactory.getLogger(ReloadReports.class);

    private volatile @Nullable ReloadListener listener;

    void to(ReloadListener told) {
        listener = told;
    }

    /** Looks at files, and tells what has come of it; true when there is something new to use. */
    boolean look(Reloadable<?> files, User user) {
        Reloadable.Look look = files.look();
        switch (look) {
            case SAME -> {}
            case RELOADED -> log.info("{}: loaded anew: {}", user, files);
            case FAILED -> log.warn("{}; what was loaded before stays in use", files.error());
        }
        ReloadListener told = listener;
        if (look != Reloadable.Look.SAME && told != null) {
            boolean succeeded = look == Reloadable.Look.RELOADED;
            if (user.cluster()) {
                told.clusterReloaded(user.name(), succeeded);
            } else {
                told.listenerReloaded(user.name(), succeeded);
            }
        }
        return look == Reloadable.Look.RELOADED;
    }
}
