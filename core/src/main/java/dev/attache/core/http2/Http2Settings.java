package dev.attache.core.http2;

/**
 * What this side of a connection allows its peer.
 *
 * @param client               whether this side opens the streams
 * @param maxConcurrentStreams streams that the peer may have open, at least 1; no meaning for a client
 * @param streamWindow         octets that the peer may send on a stream before they are taken, at least 65535
 * @param connectionWindow     the same for the whole connection, at least 65535
 * @param headerTableSize      octets of the HPACK tables on both sides
 * @param maxHeadBytes         octets of names and values in a head, or in trailers
 * @param maxFields            fields in a head, or in trailers
 * @param extendedConnect      whether extended CONNECT (RFC 8441) is taken
 * @param eventsPerSecond      suspect frames in a second, beyond which the connection ends; 0 for any number
 * @param stallNanos           how long the peer of a stream that it has opened may take nothing of what is sent on it; 0 for
 *     as long as it likes
 * @param updatesPerDataFrame  WINDOW_UPDATE frames for each DATA frame sent, beyond which the connection ends; 0 for any
 *     number
 */
public record Http2Settings(
        boolean client,
        int maxConcurrentStreams,
        int streamWindow,
        int connectionWindow,
        int headerTableSize,
        int maxHeadBytes,
        int maxFields,
        boolean extendedConnect,
        int eventsPerSecond,
        long stallNanos,
        int updatesPerDataFrame) {}
