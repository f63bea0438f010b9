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
    record Running(Peer peer, Front front, int port, Program program) implements AutoCloseable {

        /** Keeps connections to it busy for a while. */
        Load load(String path, int connections, int seconds) throws IOException {
            return switch (front) {
                case HTTP -> Wrk.run("http", port, path, connections, seconds);
                case H2C -> H2load.run(port, path, connections, seconds);
                case TLS -> Wrk.run("https", port, path, connections, seconds);
            };
        }

        @Override
        public void close() {
            program.close();
        }
    }

    private final Options options;
    private final Path directory;
    private final Certificate certificate;
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
        certificate = Certificate.in(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            upstream = start(new Upstream(), Front.HTTP, 0, List.of());
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
        return peers(Front.HTTP);
    }

    /** All peers that speak so. */
    List<Running> peers(Front front) throws InterruptedException {
        List<Peer> speakers = new ArrayList<>();
        for (Peer peer : present()) {
            if (peer.speaks(front)) {
                speakers.add(peer);
            } else {
                skip(peer.name() + " is skipped with " + front + ": no such case for this peer");
            }
        }
        return running(speakers, front);
    }

    /** Those of the peers that are named so. */
    List<Running> peers(Set<String> names) throws InterruptedException {
        return running(
                present().stream().filter(peer -> names.contains(peer.name())).toList(), Front.HTTP);
    }

    private List<Running> running(List<Peer> peers, Front front) throws InterruptedException {
        List<Running> running = new ArrayList<>();
        for (Peer peer : peers) {
            try {
                running.add(shared(peer, front));
            } catch (IOException broken) {
                skip(peer.name() + " is skipped: " + broken.getMessage());
            }
        }
        return running;
    }

    private Running shared(Peer peer, Front front) throws IOException, InterruptedException {
        String key = peer.name() + " " + front;
        Running running = shared.get(key);
        if (running == null) {
            running = start(peer, front, upstream.port(), List.of());
            shared.put(key, running);
            warmUp(running);
        }
        return running;
    }

    /** Puts load on a proxy that does not count, in turns like those that do: new connections are code of their own. */
    void warmUp(Running peer) throws IOException {
        System.err.println("warm-up " + peer.peer().name() + " " + peer.front());
        for (int left = options.warmUp(); left > 0; left -= options.seconds()) {
            peer.load("/b1k", peer.front().connections(), Math.min(left, options.seconds()));
        }
    }

    /** Starts a proxy, and waits until it has answered. */
    Running start(Peer peer, List<String> jvmFlags) throws IOException, InterruptedException {
        return start(peer, Front.HTTP, upstream.port(), jvmFlags);
    }

    private Running start(Peer peer, Front front, int upstreamPort, List<String> jvmFlags)
            throws IOException, InterruptedException {
        if (ended) {
            throw new IllegalStateException("stopped by a signal");
        }
        Path own = Files.createDirectory(directory.resolve(peer.name() + "-" + ++started));
        List<String> jvm = Stream.concat(JVM.stream(), jvmFlags.stream()).toList();
        if (front == Front.TLS) {
            certificate.make();
        }
        int port = freePort();
        Peer.Launch launch = peer.launch(new Peer.Site(own, port, front, upstreamPort, jvm, certificate));
        for (Map.Entry<String, String> file : launch.files().entrySet()) {
            Files.writeString(own.resolve(file.getKey()), file.getValue());
        }
        Program program = server(front == Front.HTTP ? peer.name() : peer.name() + "-" + front, launch.command());
        if (front == Front.HTTP) {
            program.awaitAnswer(port, "/b100");
        } else {
            program.awaitConnection(port);
        }
        return new Running(peer, front, port, program);
    }

    /** Starts a server by its command line. */
    Program server(String name, List<String> command) throws IOException {
        Program program = Program.server(command, directory.resolve(name + ".log"));
        commands.putIfAbsent(name, command);
        return remembered(program);
    }

    /** Starts a client that can be asked. */
    Program client(Class<?> main, Object... args) throws IOException {
        return client(main, JavaPeer.command(JVM, main, args));
    }

    /** Starts a client that can be asked, and that leaves all cores but the first alone. */
    Program clientOnOneCore(Class<?> main) throws IOException {
        List<String> command = new ArrayList<>(List.of(Executables.path("taskset"), "-c", "0"));
        command.addAll(JavaPeer.command(JVM, main));
        return client(main, command);
    }

    private Program client(Class<?> main, List<String> command) throws IOException {
        Program program = Program.asked(command, directory.resolve(main.getSimpleName() + ".log"));
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
