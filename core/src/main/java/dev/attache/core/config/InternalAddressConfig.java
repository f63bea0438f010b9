package dev.attache.core.config;

import java.util.List;

/**
 * Which peers count as internal, and may so steer the proxy by x-envoy-* request headers.
 *
 * @param unixSockets peers on unix sockets count; default false
 * @param cidrRanges ranges such as 10.0.0.0/8
 */
public record InternalAddressConfig(boolean unixSockets, List<String> cidrRanges) {

    public InternalAddressConfig {
        cidrRanges = List.copyOf(cidrRanges);
    }

    /** Nobody. */
    public static final InternalAddressConfig NONE = new InternalAddressConfig(false, List.of());
}
