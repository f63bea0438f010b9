package dev.attache.tls;

import dev.attache.core.config.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was read from files, which is read anew when they change, as a whole: what cannot be read leaves the last good
 * one where it is, and is not tried again before the files change once more. Safe for use by all threads.
 *
 * <p>Files that belong together are written one after the other, and seldom at once. So they are read when two looks in
 * succession find them the same, or after some looks in any case.
 */
final class Reloadable<T> {

    /** What came of a look at the files. */
    enum Look {
        SAME,
        RELOADED,
        FAILED
    }

    private static final int MOST_LOOKS = 3;

    private final List<Path> files;
    private final Supplier<T> reader;

    private volatile T value;
    private volatile String error = "";
    private final AtomicLong failures = new AtomicLong();

    // Guarded by this.
    private List<Optional<FileVersion>> read;
    private @Nullable List<Optional<FileVersion>> unsettled;
    private int looks;

    /**
     * Reads the files for the first time.
     *
     * @param first  reads them now
     * @param reader reads them after a change; may ask more of what it finds
     * @throws ConfigException when they cannot be read
     */
    Reloadable(List<Path> files, Supplier<T> first, Supplier<T> reader) {
        this.files = List.copyOf(files);
        this.reader = reader;
        // Before they are read, so that a change in between is seen the next time.
        this.read = versions();
        this.value = first.get();
    }

    /** The first time is as every other. */
    Reloadable(List<Path> files, Supplier<T> reader) {
        this(files, reader, reader);
    }

    private List<Optional<FileVersion>> versions() {
        return files.stream().map(FileVersion::of).toList();
    }

    /** Looks at the files, and reads them if they have changed. */
    synchronized Look look() {
        List<Optional<FileVersion>> now = versions();
        if (now.equals(read)) {
            unsettled = null;
            looks = 0;
            return Look.SAME;
        }
        if (!now.equals(unsettled) && ++looks < MOST_LOOKS) {
            unsettled = now;
            return Look.SAME;
        }
        read = now;
        unsettled = null;
        looks = 0;
        return reload();
    }

    private Look reload() {
        try {
            value = reader.get();
            error = "";
            return Look.RELOADED;
        } catch (ConfigException wrong) {
            error = String.valueOf(wrong.getMessage());
            failures.incrementAndGet();
            return Look.FAILED;
        }
    }

    /** What was read last without an error. */
    T value() {
        return value;
    }

    /** Why the files cannot be read as they are now; empty where they can. */
    String error() {
        return error;
    }

    /** How often they could not be read. */
    long failures() {
        return failures.get();
    }

    /** The files, and not what was read. */
    @Override
    public String toString() {
        return files.stream().map(Path::toString).collect(Collectors.joining(", "));
    }
}
