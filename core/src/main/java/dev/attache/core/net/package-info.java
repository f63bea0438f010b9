/**
 * Names, TLS and connections below HTTP: {@link dev.attache.core.net.DnsResolver}, {@link
 * dev.attache.core.net.TlsProvider}. The one room of the DNS library.
 */
@NullMarked
package dev.attache.core.net;

import org.jspecify.annotations.NullMarked;
