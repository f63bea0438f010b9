import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Checks or applies the formatting of all Java files below a folder: {@code java Format.java check|apply FOLDER}. */
final class Format {

    public static void main(String[] args) throws IOException {
        List<String> words = new ArrayList<>(List.of("--palantir"));
        words.addAll(
                switch (args[0]) {
                    case "check" -> List.of("--dry-run", "--set-exit-if-changed");
                    case "apply" -> List.of("--replace");
                    default -> throw new IllegalArgumentException(args[0] + " (expected: check or apply)");
                });
        try (Stream<Path> files = Files.walk(Path.of(args[1]))) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .map(Path::toString)
                    .forEach(words::add);
        }
        if (args[0].equals("check")) {
            System.out.println("Files whose format differs (mvn -N -Pformat process-sources applies it):");
        }
        com.palantir.javaformat.java.Main.main(words.toArray(String[]::new));
    }
}
