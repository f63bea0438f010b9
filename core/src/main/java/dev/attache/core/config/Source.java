package dev.attache.core.config;

/**
 * A place in a configuration text.
 *
 * @param file   name of the file, or of what stands for one
 * @param line   from 1; 0 where the value has no place of its own
 * @param column from 1; 0 where the value has no place of its own
 */
public record Source(String file, int line, int column) {

    /** The place of a value that was made by Java code. */
    public static final Source NONE = new Source("", 0, 0);

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line + ":" + column;
    }
}
