package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

/**
 * Everything that runs while it is measured: a temporary directory, the upstream, proxies and clients. All of it is gone
 * when this is closed, also when the harness is stopped by a signal.
 */
final class Stage implements AutoCloseable {

    /** What a sidecar on two cores would be given. */
    static final List<String> JVM = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xms256m",
            "-Xmx256m",
            "-XX:+UseCompactObjectHeaders");

    /** A proxy that serves. */
    record Running(Peer peer, int port, Program program) implements AutoCloseable {
        @Override
        public void close() {
            program.close();
        }
    }

    private final Options options;
    private final Path directory;
    private final Running upstream;
    private final ConcurrentLinkedDeque<Program> programs = new ConcurrentLinkedDeque<>();
    private final Map<String, List<String>> commands = new LinkedHashMap<>();
    private final List<String> skipped = new ArrayList<>();
    private final Map<String, Running> shared = new LinkedHashMap<>();
    private final Thread onSignal = new Thread(this::end);
    private int started;
    private volatile boolean ended;

    private Stage(Options options) throws IOException, InterruptedException {
        this.options = options;
        // Workers of nginx are another user than root.
        directory = Files.createTempDirectory("side-by-side");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            upstream = start(new Upstream(), 0, List.of());
        } catch (IOException broken) {
            close();
            throw broken;
        }
    }

    static Stage open(Options options) throws IOException, InterruptedException {
        return new Stage(options);
    }

    Options options() {
        return options;
    }

    Running upstream() {
        return upstream;
    }

    /** The first command line by name of what was started, with the directory left out. */
    Map<String, List<String>> commands() {
        return commands;
    }

    /** What was asked for and cannot be run here. */
    List<String> skipped() {
        return skipped;
    }

    /** The peers that can be run here. */
    List<Peer> present() {
        List<Peer> present = new ArrayList<>();
        for (Peer peer : Peers.of(options)) {
            peer.missing()
                    .ifPresentOrElse(reason -> skip(peer.name() + " is skipped: " + reason), () -> present.add(peer));
        }
        return present;
    }

    private void skip(String line) {
        if (!skipped.contains(line)) {
            System.err.println(line);
            skipped.add(line);
        }
    }

    /** All peers, running and warm; the same processes for every case. */
    List<Running> peers() throws InterruptedException {
        return running(present());
    }

    /** Those of the peers that are named so. */
    List<Running> peers(Set<String> names) throws InterruptedException {
        return running(
                present().stream().filter(peer -> names.contains(peer.name())).toList());
    }

    private List<Running> running(List<Peer> peers) throws InterruptedException {
        List<Running> running = new ArrayList<>();
        for (Peer peer : peers) {
            try {
                running.add(shared(peer));
            } catch (IOException broken) {
                skip(peer.name() + " is skipped: " + broken.getMessage());
            }
        }
        return running;
    }

    private Running shared(Peer peer) throws IOException, InterruptedException {
        Running running = shared.get(peer.name());
        if (running == null) {
            running = start(peer, List.of());
            shared.put(peer.name(), running);
            warmUp(running);
        }
        return running;
    }

    /** Puts load on a proxy that does not count. */
    void warmUp(Running peer) throws IOException {
        System.err.println("warm-up " + peer.peer().name());
        Wrk.run(peer.port(), "/b1k", 16, options.warmUp());
    }

    /** Starts a proxy, and waits until it has answered. */
    Running start(Peer peer, List<String> jvmFlags) throws IOException, InterruptedException {
        return start(peer, upstream.port(), jvmFlags);
    }

    private Running start(Peer peer, int upstreamPort, List<String> jvmFlags) throws IOException, InterruptedException {
        if (ended) {
            throw new IllegalStateException("stopped by a signal");
        }
        Path own = Files.createDirectory(directory.resolve(peer.name() + "-" + ++started));
        List<String> jvm = Stream.concat(JVM.stream(), jvmFlags.stream()).toList();
        int port = freePort();
        Peer.Launch launch = peer.launch(new Peer.Site(own, port, upstreamPort, jvm));
        for (Map.Entry<String, String> file : launch.files().entrySet()) {
            Files.writeString(own.resolve(file.getKey()), file.getValue());
        }
        Program program = server(peer.name(), launch.command());
        program.awaitAnswer(port, "/b100");
        return new Running(peer, port, program);
    }

    /** Starts a server by its command line. */
    Program server(String name, List<String> command) throws IOException {
        Program program = Program.server(command, directory.resolve(name + ".log"));
        commands.putIfAbsent(name, command);
        return remembered(program);
    }

    /** Starts a client that can be asked. */
    Program client(Class<?> main, Object... args) throws IOException {
        Program program =
                Program.asked(JavaPeer.command(JVM, main, args), directory.resolve(main.getSimpleName() + ".log"));
        commands.putIfAbsent(main.getSimpleName(), program.command());
        return remembered(program);
    }

    private Program remembered(Program program) {
        programs.add(program);
        // A signal came between; whoever ends all may have passed by already.
        if (ended) {
            program.close();
        }
        return program;
    }

    /** A file of the stage's own. */
    Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    Path directory() {
        return directory;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void end() {
        ended = true;
        programs.forEach(Program::close);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            System.err.println(directory + " is left: " + left.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onSignal);
        } catch (IllegalStateException stopping) {
            // A signal came before; the hook does it.
            return;
        }
        end();
    }
}
