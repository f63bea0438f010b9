package dev.attache.listeners.ends;

/**
 * A request as it came to the upstream.
 *
 * @param number which of its path, from 1: above 1 where the proxy has repeated it
 */
record Attempt(String path, int number, Play play) {

    /** What its answer is known by. */
    String name() {
        return path + "#" + number;
    }
}
