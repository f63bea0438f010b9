package dev.attache.core.stats;

import com.codahale.metrics.graphite.GraphiteSender;
import dev.attache.core.config.Address;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for each report, in Graphite's plain text protocol. A report that fails is given up and counted; the
 * first of a row is logged. Connecting takes at most five seconds. Used by the reporting thread, closed by any.
 */
final class GraphiteConnection implements GraphiteSender {

    private static final Logger LOG = LoggerFactory.getLogger(GraphiteConnection.class);
    private static final int CONNECT_MILLIS = 5_000;

    private final Address.Socket address;
    private final Counter failures;
    private volatile @Nullable Socket socket;
    private volatile boolean closed;
    private volatile @Nullable Writer writer;
    private boolean failing;

    GraphiteConnection(Address.Socket address, Counter failures) {
        this.address = address;
        this.failures = failures;
    }

    @Override
    public void connect() {
        Socket fresh = new Socket();
        socket = fresh;
        try {
            if (closed) {
                throw new IOException("closed");
            }
            fresh.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MILLIS);
            writer = new BufferedWriter(new OutputStreamWriter(fresh.getOutputStream(), StandardCharsets.UTF_8));
        } catch (IOException refused) {
            giveUp(refused);
        }
    }

    @Override
    public boolean isConnected() {
        return writer != null;
    }

    @Override
    public void send(String name, String value, long timestamp) {
        Writer out = writer;
        if (out == null) {
            return;
        }
        try {
            out.write(word(name) + " " + word(value) + " " + timestamp + "\n");
        } catch (IOException broken) {
            giveUp(broken);
        }
    }

    @Override
    public void flush() {
        Writer out = writer;
        if (out == null) {
            return;
        }
        try {
            out.flush();
            failing = false;
            hangUp();
        } catch (IOException broken) {
            giveUp(broken);
        }
    }

    @Override
    public int getFailures() {
        return (int) failures.value();
    }

    /** The end of a report, whatever came of it. */
    @Override
    public void close() {
        hangUp();
    }

    /** Ends the report that is under way, and lets no further one begin. */
    void shutdown() {
        closed = true;
        hangUp();
    }

    private void giveUp(IOException reason) {
        hangUp();
        if (closed) {
            return;
        }
        failures.increment();
        if (!failing) {
            failing = true;
            LOG.warn("stats cannot be reported to Graphite at {}: {}", address, reason.toString());
        }
    }

    private void hangUp() {
        writer = null;
        Socket old = socket;
        if (old != null) {
            try {
                old.close();
            } catch (IOException alreadyBroken) {
                // Nothing is lost by it.
            }
        }
    }

    private static String word(String text) {
        return text.strip().replaceAll("\\s+", "-");
    }
}
