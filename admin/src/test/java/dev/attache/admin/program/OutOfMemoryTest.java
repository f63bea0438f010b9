package dev.attache.admin.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program without memory ends, whoever notices it. */
@Timeout(120)
class OutOfMemoryTest {

    @ParameterizedTest
    @ValueSource(strings = {"thread", "virtual", "library"})
    void endsTheProgram(String where) throws Exception {
        try (Program program = Program.java(
                List.of("-Xmx32m"),
                System.getProperty("java.class.path"),
                "dev.attache.admin.OutOfMemoryStand",
                where)) {
            Program.Ended ended = program.ended();

            assertThat(ended.exit()).isEqualTo(3);
            assertThat(ended.err()).contains("out of memory: the program ends");
        }
    }
}
