package dev.attache.listeners;

import dev.attache.core.http.TlsFacts;
import dev.attache.core.net.ProxyHeader;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection.
 *
 * @param address   the address of the connection; null where it has none
 * @param announced whom a PROXY protocol header has named
 * @param tls       the TLS of the connection; null for plain text
 */
record Peer(
        @Nullable SocketAddress address,
        ProxyHeader announced,
        @Nullable TlsFacts tls) {

    /** The client: whom a header has named, or else the other end itself. */
    @Nullable
    SocketAddress client() {
        return announced.source() == null ? address : announced.source();
    }

    /** The address that the client has reached, where the connection's own is {@code local}. */
    @Nullable
    SocketAddress reached(@Nullable SocketAddress local) {
        return announced.destination() == null ? local : announced.destination();
    }
}
