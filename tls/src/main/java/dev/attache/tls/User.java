package dev.attache.tls;

/**
 * Who uses certificates.
 *
 * @param cluster whether it is a cluster, else a listener
 */
record User(boolean cluster, String name) {

    /** The begin of what is told of its configuration. */
    Field field() {
        return new Field(this + ": tls");
    }

    @Override
    public String toString() {
        return (cluster ? "cluster " : "listener ") + name;
    }
}
