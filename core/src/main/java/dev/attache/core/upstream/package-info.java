/**
 * Clusters: which endpoints there are, which one is chosen, and what a cluster may carry; start with {@link
 * dev.attache.core.upstream.Cluster}. One attempt to one endpoint is an {@link
 * dev.attache.core.upstream.UpstreamClient}'s business, in the sub-packages.
 */
@NullMarked
package dev.attache.core.upstream;

import org.jspecify.annotations.NullMarked;
