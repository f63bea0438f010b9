/**
 * TLS: PEM to engines, on Conscrypt or the JDK's own TLS. Knows nothing of HTTP, clusters or sockets, and leaves
 * the JVM's list of security providers alone: Conscrypt is used by its provider object. The one room of the Conscrypt
 * library. Read {@link dev.attache.tls.Tls} first, then {@link dev.attache.tls.UpstreamContext} and {@link
 * dev.attache.tls.DownstreamContext}; what they read from files is {@link dev.attache.tls.Reloadable}.
 */
@NullMarked
package dev.attache.tls;

import org.jspecify.annotations.NullMarked;
