package dev.attache.core.http;

/** Makes a host application's filter; found through {@code java.util.ServiceLoader} under its name. */
public interface FilterFactory {

    /** The name that a configuration uses for this filter. */
    String name();

    /** A filter for one listener. */
    HttpFilter create();
}
