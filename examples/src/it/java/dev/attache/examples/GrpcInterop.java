package dev.attache.examples;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The interoperability suite of gRPC: its server, and the cases of its client. Both are started by name and told what to
 * do as on their command lines, so that these tests need none of their many jars to compile.
 *
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md">its cases</a>
 */
final class GrpcInterop implements AutoCloseable {

    /** A name in the certificate that the suite brings: its server shows it, and its client asks for it. */
    static final String HOST = "foo.test.google.fr";

    private static final String PACKAGE = "io.grpc.testing.integration.";
    /** The cases of load reports need a balancer that reads them; the client has one. */
    private static final String READS_LOAD_REPORTS =
            "{\"loadBalancingConfig\": [{\"test_backend_metrics_load_balancer\": {}}]}";

    private final Object server;

    private GrpcInterop(Object server) {
        this.server = server;
    }

    /** Starts a server on a free port. */
    static GrpcInterop start(boolean tls) throws Exception {
        Class<?> type = Class.forName(PACKAGE + "TestServiceServer");
        Object server = type.getConstructor().newInstance();
        String[] arguments = {"--port=0", "--use_tls=" + tls, "--address_type=IPV4"};
        call(type.getDeclaredMethod("parseArgs", String[].class), server, (Object) arguments);
        call(type.getDeclaredMethod("start"), server);
        return new GrpcInterop(server);
    }

    int port() throws Exception {
        return (int) call(server.getClass().getDeclaredMethod("getPort"), server);
    }

    /** All cases of the client, as its command line calls them. */
    static Stream<String> cases() throws ClassNotFoundException {
        return Stream.of(Class.forName(PACKAGE + "TestCases").getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT));
    }

    /** Runs one case against a port of this machine; throws whatever is wrong with what it sees. */
    static void run(String name, int port, boolean tls) throws Exception {
        String[] arguments = {
            "--test_case=" + name,
            "--server_host=127.0.0.1",
            "--server_host_override=" + HOST,
            "--server_port=" + port,
            "--use_tls=" + tls,
            "--use_test_ca=" + tls,
            // Its limits on time are those of an idle machine.
            "--soak_per_iteration_max_acceptable_latency_ms=10000",
            "--soak_overall_timeout_seconds=25",
            "--service_config_json=" + (name.startsWith("orca") ? READS_LOAD_REPORTS : "{}")
        };
        Class<?> client = Class.forName(PACKAGE + "TestServiceClient");
        call(client.getDeclaredMethod("main", String[].class), null, (Object) arguments);
    }

    /** Copies one of the suite's own PEM files into the folder, for its owner alone. */
    static Path pem(String name, Path folder) throws IOException {
        Path file = Files.createFile(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (InputStream resource = GrpcInterop.class.getResourceAsStream("/certs/" + name)) {
            return Files.write(file, resource.readAllBytes());
        }
    }

    /** The methods are meant for the suite's own package. */
    private static Object call(Method method, Object target, Object... arguments) throws Exception {
        method.setAccessible(true);
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            switch (failed.getCause()) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                case null, default -> throw failed;
            }
        }
    }

    @Override
    public void close() {
        try {
            call(server.getClass().getDeclaredMethod("stop"), server);
        } catch (Exception failed) {
            throw new IllegalStateException("the server does not stop", failed);
        }
    }
}
