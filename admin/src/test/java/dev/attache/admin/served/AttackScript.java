package dev.attache.admin.served;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A script in Python that attacks a proxy, and is its upstream as well. */
final class AttackScript {

    private static final Path FOLDER = Path.of(System.getProperty(
            "attache.attacks.dir",
            Path.of(System.getProperty("attache.root", ".."), "..", "shared", "tools")
                    .toString()));
    private static final long LONGEST_RUN_SECONDS = 60;
    private static final Pattern FIELD = Pattern.compile(" *\"(id|verdict|as_wanted)\": (.*?),?");

    /**
     * What became of one case.
     *
     * @param id       the case
     * @param verdict  the script's word for it
     * @param asWanted whether it is what the script wants
     */
    record Verdict(String id, String verdict, boolean asWanted) {}

    private final Path script;
    private final int upstreamPort;

    private AttackScript(Path script, int upstreamPort) {
        this.script = script;
        this.upstreamPort = upstreamPort;
    }

    /** The script, where it and Python are at hand; the test is skipped otherwise. */
    static AttackScript find(String name) throws IOException, InterruptedException {
        Path script = FOLDER.resolve(name);
        assumeTrue(Files.isRegularFile(script), () -> "no script " + script);
        assumeTrue(hasPython(), "no python3 here");
        try (ServerSocket brief = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return new AttackScript(script, brief.getLocalPort());
        }
    }

    private static boolean hasPython() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    /** Where the script listens as the upstream while it runs. */
    int upstreamPort() {
        return upstreamPort;
    }

    /** Runs the script against a proxy on loopback. */
    List<Verdict> run(int port, Path folder, String... options) throws IOException, InterruptedException {
        Path verdicts = folder.resolve("verdicts.json");
        Path log = folder.resolve("script.log");
        List<String> command = new ArrayList<>(List.of(
                "python3",
                script.toString(),
                "127.0.0.1:" + port,
                Integer.toString(upstreamPort),
                "--out",
                verdicts.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS) || !Files.exists(verdicts)) {
                throw new AssertionError("no verdicts of " + command + ": " + Files.readString(log));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return read(verdicts);
    }

    /** One field a line, and {@code as_wanted} after the others of its case. */
    private static List<Verdict> read(Path file) throws IOException {
        List<Verdict> verdicts = new ArrayList<>();
        String id = "";
        String verdict = "";
        for (String line : Files.readAllLines(file)) {
            Matcher field = FIELD.matcher(line);
            if (field.matches()) {
                String value = field.group(2);
                switch (field.group(1)) {
                    case "id" -> id = value.replace("\"", "");
                    case "verdict" -> verdict = value.replace("\"", "");
                    default -> verdicts.add(new Verdict(id, verdict, value.equals("true")));
                }
            }
        }
        return verdicts;
    }
}
