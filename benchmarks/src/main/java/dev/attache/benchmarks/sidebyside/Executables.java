package dev.attache.benchmarks.sidebyside;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of this machine: on the PATH, and where Debian puts the ones of administrators. */
final class Executables {

    private Executables() {}

    /** The path of a program, or its bare name where it is not found. */
    static String path(String name) {
        return find(name).map(Path::toString).orElse(name);
    }

    /** Why a program cannot be run. */
    static Optional<String> missing(String name) {
        return find(name).isPresent() ? Optional.empty() : Optional.of(name + " is not installed");
    }

    private static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin";
        return Stream.of(path.split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
