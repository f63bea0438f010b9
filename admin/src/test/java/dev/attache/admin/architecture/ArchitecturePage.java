package dev.attache.admin.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What ARCHITECTURE.md promises.
 *
 * @param floors floor by package
 * @param rooms  what each library's packages may be imported by
 * @param types  simple names of types that the page speaks of
 */
record ArchitecturePage(Map<String, Integer> floors, List<Room> rooms, List<String> types) {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern TYPE = Pattern.compile("[A-Z][a-z0-9]+([A-Z][a-z0-9]+)*");

    /**
     * A row of the table of libraries.
     *
     * @param packages roots of the library's packages
     * @param users    packages of ours that may import it; empty for all
     */
    record Room(String library, List<String> packages, List<String> users) {

        boolean holds(String importedPackage) {
            return packages.stream()
                    .anyMatch(root -> importedPackage.equals(root) || importedPackage.startsWith(root + "."));
        }

        boolean mayBeUsedBy(String ownPackage) {
            return users.isEmpty() || users.contains(ownPackage);
        }
    }

    static ArchitecturePage read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    static ArchitecturePage parse(String text) {
        Map<String, Integer> floors = new LinkedHashMap<>();
        for (List<String> row : table(text, "| package | floor |")) {
            floors.put(code(row.get(0)).getFirst(), Integer.valueOf(row.get(1)));
        }
        List<Room> rooms = new ArrayList<>();
        for (List<String> row : table(text, "| library | its packages |")) {
            List<String> users = row.get(2).equals("everywhere") ? List.of() : code(row.get(2));
            if (users.isEmpty() && !row.get(2).equals("everywhere")) {
                throw new IllegalArgumentException(row + ": rooms (expected: packages in backquotes, or everywhere)");
            }
            rooms.add(new Room(row.get(0), code(row.get(1)), users));
        }
        List<String> types =
                code(text).stream().filter(word -> TYPE.matcher(word).matches()).toList();
        return new ArchitecturePage(floors, rooms, types);
    }

    /** The room of an imported package; empty when the page does not know the library. */
    Optional<Room> room(String importedPackage) {
        return rooms.stream().filter(room -> room.holds(importedPackage)).findFirst();
    }

    /** The cells of the table whose head begins so. */
    private static List<List<String>> table(String text, String head) {
        int start = text.indexOf("\n" + head);
        if (start < 0) {
            throw new IllegalArgumentException("no table that begins with " + head);
        }
        return text.substring(start + 1)
                .lines()
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> List.of(line.substring(1).strip().split("\\s*\\|\\s*")))
                .toList();
    }

    private static List<String> code(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = CODE.matcher(text);
        while (matcher.find()) {
            words.add(matcher.group(1));
        }
        return words;
    }
}
