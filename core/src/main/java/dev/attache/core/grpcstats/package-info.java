/**
 * Stats of gRPC calls by service and method. Start with {@link dev.attache.core.grpcstats.GrpcStatsFilter}.
 */
@NullMarked
package dev.attache.core.grpcstats;

import org.jspecify.annotations.NullMarked;
