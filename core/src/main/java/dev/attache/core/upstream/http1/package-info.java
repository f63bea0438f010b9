/**
 * HTTP/1.1 toward upstreams with blocking calls on the request's own thread: start with {@link
 * dev.attache.core.upstream.http1.Http1Client}, then read {@code Attempt}, which is one request on one connection. Knows
 * endpoints and limits, but neither routes nor retries: what fails here is an {@link
 * dev.attache.core.policy.Outcome.Failed} for others to judge.
 */
@NullMarked
package dev.attache.core.upstream.http1;

import org.jspecify.annotations.NullMarked;
