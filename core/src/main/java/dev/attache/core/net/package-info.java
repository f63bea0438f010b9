/**
 * Names, TLS and connections below HTTP: {@link dev.attache.core.net.DnsResolver}, {@link
 * dev.attache.core.net.TlsProvider}, and {@link dev.attache.core.net.TransportSocket}, which a {@link
 * dev.attache.core.net.Dial} opens. The one room of the DNS library.
 */
@NullMarked
package dev.attache.core.net;

import org.jspecify.annotations.NullMarked;
