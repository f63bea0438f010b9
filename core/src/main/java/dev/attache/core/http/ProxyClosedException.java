package dev.attache.core.http;

/** A proxy was called, or was to be changed, after it had been closed: a mistake of its host, for which there is no answer. */
public final class ProxyClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** The only one there is to say. */
    public ProxyClosedException() {
        super("the proxy is closed");
    }
}
