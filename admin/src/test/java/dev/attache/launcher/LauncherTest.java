package dev.attache.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LauncherTest {

    /** A program of its own: an older Java, as far as the launcher can tell. */
    static final class OlderJava {
        public static void main(String[] args) throws Throwable {
            System.setProperty("java.specification.version", "17");
            System.setProperty("java.version", "17.0.15");
            Launcher.main(args);
        }
    }

    @Test
    void saysInOneLineWhichJavaIsNeededAndWhichItGot() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OlderJava.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(said.lines())
                .singleElement()
                .asString()
                .startsWith("attache needs Java 25 or newer; this is Java 17.0.15 in ");
    }

    @Test
    void isClassFilesThatJava8Reads() throws Exception {
        try (InputStream in = Launcher.class.getResourceAsStream("Launcher.class");
                DataInputStream data = new DataInputStream(in)) {
            assertThat(data.readInt()).isEqualTo(0xCAFEBABE);
            data.readUnsignedShort();
            assertThat(data.readUnsignedShort()).isEqualTo(52);
        }
    }
}
