/**
 * Header compression of HTTP/2 (RFC 7541): a {@link dev.attache.core.hpack.HpackDecoder} and a {@link
 * dev.attache.core.hpack.HpackEncoder} for each connection. Octets in, octets out, as ISO-8859-1 strings one to one:
 * nothing here knows what a valid field is, nor what a block belongs to.
 */
@NullMarked
package dev.attache.core.hpack;

import org.jspecify.annotations.NullMarked;
