package dev.attache.tls;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A server's engine that looks at the ClientHello, for an engine that does not tell which signatures a client is able to
 * verify. Needed only where there is a choice.
 */
final class HelloEngine extends SSLEngine {

    /** What the client said; bound while the engine within reads, and so while it asks for a certificate. */
    static final ScopedValue<OfferedSignatures> HELLO = ScopedValue.newInstance();

    /** No client says more before it has heard anything. */
    private static final int MOST_BYTES = 1 << 16;

    private final SSLEngine engine;
    private final boolean tls13;

    private ByteBuffer seen = ByteBuffer.allocate(0);
    private @Nullable OfferedSignatures hello;
    private boolean done;

    /** @param tls13 whether TLS 1.3 may be settled on */
    HelloEngine(SSLEngine engine, boolean tls13) {
        this.engine = engine;
        this.tls13 = tls13;
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer src, ByteBuffer[] dsts, int offset, int length) throws SSLException {
        if (done) {
            return engine.unwrap(src, dsts, offset, length);
        }
        ByteBuffer before = src.duplicate();
        if (hello == null) {
            hello = OfferedSignatures.parse(joined(before), tls13).orElse(null);
        }
        OfferedSignatures known = hello == null ? OfferedSignatures.UNKNOWN : hello;
        SSLEngineResult result = ScopedValue.where(HELLO, known).call(() -> engine.unwrap(src, dsts, offset, length));
        if (hello == null && seen.remaining() <= MOST_BYTES) {
            seen = joined(before.limit(src.position()));
        }
        switch (engine.getHandshakeStatus()) {
            case NOT_HANDSHAKING, FINISHED -> {
                done = true;
                seen = ByteBuffer.allocate(0);
            }
            case NEED_TASK, NEED_WRAP, NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {}
        }
        return result;
    }

    /** All that the engine has read, and some more. */
    private ByteBuffer joined(ByteBuffer more) {
        return ByteBuffer.allocate(seen.remaining() + more.remaining())
                .put(seen.duplicate())
                .put(more.duplicate())
                .flip();
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] srcs, int offset, int length, ByteBuffer dst) throws SSLException {
        return engine.wrap(srcs, offset, length, dst);
    }

    @Override
    public @Nullable Runnable getDelegatedTask() {
        return engine.getDelegatedTask();
    }

    @Override
    public void closeInbound() throws SSLException {
        engine.closeInbound();
    }

    @Override
    public boolean isInboundDone() {
        return engine.isInboundDone();
    }

    @Override
    public void closeOutbound() {
        engine.closeOutbound();
    }

    @Override
    public boolean isOutboundDone() {
        return engine.isOutboundDone();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return engine.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return engine.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        engine.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return engine.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return engine.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        engine.setEnabledProtocols(protocols);
    }

    @Override
    public SSLSession getSession() {
        return engine.getSession();
    }

    @Override
    public @Nullable SSLSession getHandshakeSession() {
        return engine.getHandshakeSession();
    }

    @Override
    public void beginHandshake() throws SSLException {
        engine.beginHandshake();
    }

    @Override
    public SSLEngineResult.HandshakeStatus getHandshakeStatus() {
        return engine.getHandshakeStatus();
    }

    @Override
    public void setUseClientMode(boolean mode) {
        engine.setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return engine.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        engine.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return engine.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        engine.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return engine.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean enable) {
        engine.setEnableSessionCreation(enable);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return engine.getEnableSessionCreation();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return engine.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        engine.setSSLParameters(parameters);
    }

    @Override
    public @Nullable String getApplicationProtocol() {
        return engine.getApplicationProtocol();
    }

    @Override
    public @Nullable String getHandshakeApplicationProtocol() {
        return engine.getHandshakeApplicationProtocol();
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(BiFunction<SSLEngine, List<String>, String> selector) {
        engine.setHandshakeApplicationProtocolSelector(selector);
    }

    @Override
    public @Nullable BiFunction<SSLEngine, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return engine.getHandshakeApplicationProtocolSelector();
    }
}
