package dev.attache.core.config;

import java.util.IdentityHashMap;

/**
 * Where in the files the parts of a configuration were written: kept beside the records and not in them, so that two
 * configurations that say the same are equal. Filled by one reader on one thread, read-only afterwards.
 */
public final class Positions {

    /**
     * A place and the field's path.
     *
     * @param source place in the file
     * @param path   path of the field, such as {@code static_resources.clusters[2]}
     */
    public record Position(Source source, String path) {}

    private static final Position UNKNOWN = new Position(Source.NONE, "");

    private final IdentityHashMap<Object, Position> byPart = new IdentityHashMap<>();

    /** Notes where {@code part} (the very object, not an equal one) was written; returns it. */
    public <T> T put(T part, Source source, String path) {
        byPart.put(part, new Position(source, path));
        return part;
    }

    /** The position of {@code part}, or one with {@link Source#NONE} and an empty path. */
    public Position of(Object part) {
        return byPart.getOrDefault(part, UNKNOWN);
    }
}
