package dev.attache.admin.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The sources of all modules, also of those that this test's class path does not have.
 *
 * @param modulesByPackage modules that hold sources of a package
 * @param types            simple names of all types that have a file
 */
record SourceTree(Map<String, Set<String>> modulesByPackage, Set<String> types) {

    private static final List<String> MODULES = List.of("core", "tls", "listeners", "admin", "examples", "benchmarks");
    private static final List<String> ROOTS = List.of("src/main/java", "src/launcher/java");

    static SourceTree below(Path root) throws IOException {
        SourceTree tree = new SourceTree(new TreeMap<>(), new TreeSet<>(Comparator.naturalOrder()));
        for (String module : MODULES) {
            for (String sources : ROOTS) {
                tree.add(module, root.resolve(module).resolve(sources));
            }
        }
        return tree;
    }

    private void add(String module, Path sources) throws IOException {
        if (!Files.isDirectory(sources)) {
            return;
        }
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String name = sources.relativize(file.getParent()).toString().replace('/', '.');
                modulesByPackage.computeIfAbsent(name, none -> new TreeSet<>()).add(module);
                types.add(file.getFileName().toString().replace(".java", ""));
            }
        }
    }
}
