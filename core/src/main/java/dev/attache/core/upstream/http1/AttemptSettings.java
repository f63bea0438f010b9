package dev.attache.core.upstream.http1;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.upstream.ClusterStats;

/** What the attempts of one cluster have in common. */
record AttemptSettings(HeaderCase headerCase, boolean trailers, ClusterStats stats, SlowUploads slowUploads) {}
