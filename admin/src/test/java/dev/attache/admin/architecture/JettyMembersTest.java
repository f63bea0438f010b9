package dev.attache.admin.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.proxy.InProcess;
import dev.attache.listeners.Attache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists of what is needed of Jetty, by which a start judges another version, name all that the code uses. */
class JettyMembersTest {

    private static final Path LISTS = Path.of("target", "jetty-members");

    @ParameterizedTest
    @ValueSource(classes = {InProcess.class, Attache.class})
    void nameWhatTheCodeUses(Class<?> user) throws Exception {
        List<String> used = new ArrayList<>();
        used.add(HttpFields.class.getPackage().getImplementationVersion());
        used.addAll(members(user));
        Path written = LISTS.resolve(user.getPackageName()).resolve("jetty-members.txt");
        Files.createDirectories(written.getParent());
        Files.write(written, used);

        try (var file = user.getResourceAsStream("jetty-members.txt")) {
            assertThat(new String(file.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .as("jetty-members.txt in the resources of %s; as it should be: %s", user, written.toAbsolutePath())
                    .isEqualTo(used);
        }
    }

    private static TreeSet<String> members(Class<?> user) throws Exception {
        URI location = user.getProtectionDomain().getCodeSource().getLocation().toURI();
        if (Files.isDirectory(Path.of(location))) {
            return members(Path.of(location));
        }
        try (FileSystem jar = FileSystems.newFileSystem(Path.of(location))) {
            return members(jar.getPath("/"));
        }
    }

    private static TreeSet<String> members(Path root) throws IOException {
        TreeSet<String> members = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".class")).forEach(file -> addMembers(file, members));
        }
        return members;
    }

    private static void addMembers(Path file, TreeSet<String> members) {
        try {
            for (PoolEntry entry :
                    ClassFile.of().parse(Files.readAllBytes(file)).constantPool()) {
                if (entry instanceof MemberRefEntry member
                        && member.owner().asInternalName().startsWith("org/eclipse/jetty/")) {
                    members.add(member.owner().asInternalName().replace('/', '.') + " "
                            + member.name().stringValue() + " " + member.type().stringValue());
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
