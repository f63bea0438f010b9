/**
 * From a request to the cluster that answers it: matching, rewriting, header changes, and the attempts under the route's
 * policies. Everything is resolved when a {@link dev.attache.core.route.Router} is made; read that first, then {@link
 * dev.attache.core.route.UpstreamCall}. Knows clusters, but neither listeners nor filters.
 */
@NullMarked
package dev.attache.core.route;

import org.jspecify.annotations.NullMarked;
