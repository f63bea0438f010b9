package dev.attache.admin.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.admin.architecture.ArchitecturePage.Room;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the code to the tables of ARCHITECTURE.md, and the page to the code. */
class ArchitectureTest {

    private static final Path ROOT = Path.of(System.getProperty("attache.root", ".."));

    private static String text;
    private static ArchitecturePage page;
    private static SourceTree sources;
    private static Imports imports;

    @BeforeAll
    static void read() throws Exception {
        text = Files.readString(ROOT.resolve("ARCHITECTURE.md"));
        page = ArchitecturePage.parse(text);
        sources = SourceTree.below(ROOT);
        imports = Imports.ofTheProduct();
    }

    @Test
    void everyPackageHasARowAndEveryRowAPackage() {
        assertThat(page.floors().keySet())
                .containsExactlyInAnyOrderElementsOf(sources.modulesByPackage().keySet());
    }

    @Test
    void everyPackageIsInOneModule() {
        assertThat(sources.modulesByPackage().values())
                .allSatisfy(modules -> assertThat(modules).hasSize(1));
    }

    @Test
    void everyTypeThatThePageNamesExists() {
        assertThat(page.types()).isNotEmpty();
        assertThat(sources.types()).containsAll(page.types());
    }

    @Test
    void theClassFilesAreThoseOfTheSources() {
        assertThat(imports.classes()).isGreaterThan(200);
        assertThat(imports.examples().keySet()).contains("dev.attache.core.http", "dev.attache.tls");
    }

    @Test
    void importsGoDownTheFloors() {
        assertThat(wrongFloors(page)).isEmpty();
    }

    @Test
    void aWrongFloorWouldBeFound() {
        String wrong = text.replace("| `dev.attache.core.http` | 1 |", "| `dev.attache.core.http` | 9 |");
        assertThat(wrongFloors(ArchitecturePage.parse(wrong)))
                .anyMatch(line -> line.startsWith("dev.attache.core.upstream (4) uses dev.attache.core.http (9)"));
    }

    private static List<String> wrongFloors(ArchitecturePage page) {
        List<String> wrong = new ArrayList<>();
        imports.examples()
                .forEach((user, used) -> used.forEach((target, example) -> {
                    if (target.startsWith(Imports.OURS)) {
                        int from = page.floors().getOrDefault(user, 0);
                        int to = page.floors().getOrDefault(target, 0);
                        if (to > from || from == 1) {
                            wrong.add(user + " (" + from + ") uses " + target + " (" + to + "): " + example);
                        }
                    }
                }));
        return wrong;
    }

    @Test
    void aParentKnowsNothingOfItsSubPackages() {
        List<String> wrong = new ArrayList<>();
        imports.examples()
                .forEach((user, used) -> used.forEach((target, example) -> {
                    if (target.startsWith(user + ".")) {
                        wrong.add(example);
                    }
                }));
        assertThat(wrong).isEmpty();
    }

    @Test
    void thereAreNoCirclesOfPackages() {
        assertThat(circle(imports.examples())).isEmpty();
        assertThat(circle(new TreeMap<>(Map.of(
                        "dev.attache.a", Map.of("dev.attache.b", ""), "dev.attache.b", Map.of("dev.attache.a", "")))))
                .isNotEmpty();
    }

    /** The packages of some circle; empty if there is none. */
    private static List<String> circle(Map<String, Map<String, String>> examples) {
        Set<String> done = new HashSet<>();
        for (String start : examples.keySet()) {
            Deque<String> path = new ArrayDeque<>();
            if (findsCircle(start, examples, path, done)) {
                return List.copyOf(path);
            }
        }
        return List.of();
    }

    private static boolean findsCircle(
            String at, Map<String, Map<String, String>> examples, Deque<String> path, Set<String> done) {
        if (path.contains(at)) {
            path.addLast(at);
            return true;
        }
        if (done.contains(at)) {
            return false;
        }
        path.addLast(at);
        for (String next : examples.getOrDefault(at, Map.of()).keySet()) {
            if (next.startsWith(Imports.OURS) && findsCircle(next, examples, path, done)) {
                return true;
            }
        }
        path.removeLast();
        done.add(at);
        return false;
    }

    @Test
    void everyLibraryStaysInItsRooms() {
        assertThat(outOfRoom(page)).isEmpty();
    }

    @Test
    void aLibraryOutOfItsRoomWouldBeFound() {
        String wrong =
                text.replace("| `org.conscrypt` | `dev.attache.tls` |", "| `org.conscrypt` | `dev.attache.admin` |");
        assertThat(outOfRoom(ArchitecturePage.parse(wrong))).isNotEmpty();
    }

    private static List<String> outOfRoom(ArchitecturePage page) {
        List<String> wrong = new ArrayList<>();
        imports.examples()
                .forEach((user, used) -> used.forEach((target, example) -> {
                    if (target.startsWith(Imports.OURS)) {
                        return;
                    }
                    Optional<Room> room = page.room(target);
                    if (room.isEmpty()) {
                        wrong.add(user + " uses " + target + ", which is of no known library: " + example);
                    } else if (!room.get().mayBeUsedBy(user)) {
                        wrong.add(user + " uses " + target + ", which belongs to "
                                + room.get().users() + ": " + example);
                    }
                }));
        return wrong;
    }
}
