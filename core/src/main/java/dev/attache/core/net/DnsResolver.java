package dev.attache.core.net;

import dev.attache.core.config.DnsFamily;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Looks names up. Blocks; never called on a request's thread. Safe for use by all threads. */
public interface DnsResolver extends AutoCloseable {

    /**
     * The addresses of a name.
     *
     * @param addresses without duplicates, in the order of the answer; empty when the name has none (NXDOMAIN, NODATA)
     * @param ttl       lowest time to live of the answer; zero where there is none (hosts file, literal address)
     */
    record Answer(List<InetAddress> addresses, Duration ttl) {
        public Answer {
            addresses = List.copyOf(addresses);
        }
    }

    /** A lookup that got no answer: SERVFAIL, refused, or time out. */
    final class LookupException extends Exception {
        private static final long serialVersionUID = 1L;

        public LookupException(String message) {
            super(message);
        }
    }

    /**
     * Looks up a host name or literal address. The addresses carry {@code name} as their host name.
     *
     * @throws LookupException when no server gave an answer
     */
    Answer lookup(String name, DnsFamily family) throws LookupException;

    @Override
    void close();
}
