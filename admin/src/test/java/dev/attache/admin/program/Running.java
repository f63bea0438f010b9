package dev.attache.admin.program;

import dev.attache.core.fixtures.RawClient;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The program while it serves a listener named {@code demo}, with its admin interface on a unix socket. */
final class Running implements AutoCloseable {

    private final Program program;
    private final Path admin;

    private Running(Program program, Path admin) {
        this.program = program;
        this.admin = admin;
    }

    /** Serves an upstream on a port of loopback; {@code more} is appended to the configuration. */
    static Running inFrontOf(int port, Path folder, List<String> jvmOptions, String more) throws Exception {
        Path admin = folder.resolve("admin.sock");
        String text = """
            listeners: [{name: demo, port: 0, upstream: "127.0.0.1:%d", connect_timeout: 10s, encryption: false, timeout: 300s}]
            admin: {address: %s}
            """.formatted(port, admin);
        return of(Files.writeString(folder.resolve("attache.yaml"), text + more), admin, jvmOptions);
    }

    /** Serves a file. */
    static Running of(Path file, Path admin, List<String> jvmOptions, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 2];
        all[0] = "-c";
        all[1] = file.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        Program program = Program.start(jvmOptions, all);
        try {
            return new Running(program.awaitServing(), admin);
        } catch (AssertionError | InterruptedException failed) {
            program.close();
            throw failed;
        }
    }

    Program program() {
        return program;
    }

    int port() throws IOException {
        String line = admin("GET", "/listeners").body().lines().findFirst().orElseThrow();
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }

    RawClient.Answer admin(String method, String target) throws IOException {
        try (RawClient client = RawClient.connect(UnixDomainSocketAddress.of(admin))) {
            client.send(method + " " + target + " HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n");
            return client.readAnswer();
        }
    }

    RawClient.Answer get(String path) throws IOException {
        try (RawClient client = RawClient.connect(port())) {
            client.send("GET " + path + " HTTP/1.1\r\nhost: demo\r\n\r\n");
            return client.readAnswer();
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
