package dev.attache.core.config;

import java.nio.file.Path;

/**
 * A part of the configuration that stands in a file of its own, and is read anew when that file has changed. Two that
 * read the same part of the same file are equal. Safe for use by all threads.
 */
public interface SecretFile<T> {

    /** The file that holds the part. */
    Path file();

    /**
     * The part as the file says it now.
     *
     * @throws ConfigException when the file cannot be read, or what it says is wrong
     */
    T read();
}
