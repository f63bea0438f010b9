package dev.attache.core.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one endpoint has carried, for {@code /clusters}; fields are named as Envoy's host stats are. The upstream client
 * counts connections, whoever runs the attempts counts requests. Safe for use by all threads.
 */
public final class EndpointStats {

    /** Open connections. */
    public final AtomicInteger cxActive = new AtomicInteger();

    /** Requests in progress: from the choice of the endpoint until the response is closed. Least request goes by it. */
    public final AtomicInteger rqActive = new AtomicInteger();

    /** Connections that were tried. */
    public final LongAdder cxTotal = new LongAdder();

    /** Connections that failed: refused, timed out, or TLS. */
    public final LongAdder cxConnectFail = new LongAdder();

    /** Attempts. */
    public final LongAdder rqTotal = new LongAdder();

    /** Attempts that were answered, with a status below 500. */
    public final LongAdder rqSuccess = new LongAdder();

    /** Attempts that got a 5xx or no answer. */
    public final LongAdder rqError = new LongAdder();

    /** Attempts that took too long. */
    public final LongAdder rqTimeout = new LongAdder();
}
