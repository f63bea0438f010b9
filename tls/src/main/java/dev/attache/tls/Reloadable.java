package dev.attache.tls;

import dev.attache.core.config.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was read from files, which is read anew when they change, as a whole: what cannot be read leaves the last good
 * one where it is, and is not tried again before the files change once more. Which files these are may stand in a file
 * itself, a secret, and change with it. Safe for use by all threads.
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

    /**
     * What there is to read.
     *
     * @param files  files whose change makes it worth to be read again
     * @param reader reads it, or throws a {@link ConfigException}
     */
    record Content<T>(List<Path> files, Supplier<T> reader) {
        Content {
            files = List.copyOf(files);
        }
    }

    private final List<Path> secrets;
    private final Supplier<Content<T>> next;

    private volatile T value;
    private volatile String error = "";
    private final AtomicLong failures = new AtomicLong();

    private volatile List<Path> named;

    // Guarded by this.
    private List<Optional<FileVersion>> read;
    private @Nullable List<Optional<FileVersion>> unsettled;
    private int looks;

    /**
     * Reads for the first time.
     *
     * @param secrets files that say what there is to read
     * @param first   reads them, the first time
     * @param next    reads them after a change; may ask more of what it finds
     * @throws ConfigException when something cannot be read
     */
    Reloadable(List<Path> secrets, Supplier<Content<T>> first, Supplier<Content<T>> next) {
        this.secrets = List.copyOf(secrets);
        this.next = next;
        // Before they are read, so that a change in between is seen the next time.
        List<Optional<FileVersion>> before = versions(secrets);
        Content<T> content = first.get();
        this.named = content.files();
        this.read = joined(before, versions(named));
        this.value = content.reader().get();
    }

    private static List<Optional<FileVersion>> versions(List<Path> files) {
        return files.stream().map(FileVersion::of).toList();
    }

    private static List<Optional<FileVersion>> joined(
            List<Optional<FileVersion>> first, List<Optional<FileVersion>> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** Looks at the files, and reads them if they have changed. */
    synchronized Look look() {
        List<Optional<FileVersion>> now = joined(versions(secrets), versions(named));
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
            List<Optional<FileVersion>> before = versions(secrets);
            Content<T> content = next.get();
            // What is named now is looked at even if it is no good: it may become so.
            named = content.files();
            read = joined(before, versions(named));
            value = content.reader().get();
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
        return Stream.concat(secrets.stream(), named.stream())
                .map(Path::toString)
                .collect(Collectors.joining(", "));
    }
}
