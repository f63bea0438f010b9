package dev.attache.core.vital;

import org.jspecify.annotations.Nullable;

/**
 * Where memory that has run out is told, by whoever meets it. A program of its own ends then, for nothing says what else
 * is broken; within an application it is the application's to say, and only what met it fails. Safe for use by all
 * threads.
 */
public final class OutOfMemory {

    /** Causes that are looked at; an exception may be its own. */
    private static final int MOST_CAUSES = 16;

    private static volatile @Nullable Runnable end;

    private OutOfMemory() {}

    /** Says what is done when memory has run out; for a main program alone. Nothing is, until this is called. */
    public static void endsWith(Runnable action) {
        end = action;
    }

    /** Looks at what was thrown: where it is, or comes from, an {@link OutOfMemoryError}, the program may end here. */
    public static void look(@Nullable Throwable thrown) {
        Runnable action = end;
        if (action == null) {
            return;
        }
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof OutOfMemoryError) {
                action.run();
                return;
            }
            cause = cause.getCause();
        }
    }
}
