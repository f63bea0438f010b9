package dev.attache.core.format;

import dev.attache.core.http.Octets;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** What is the same for all requests of this process, or has nothing to do with any. */
final class ProcessOperators {

    private ProcessOperators() {}

    static void addTo(Map<String, Function<OperatorCall, Operator>> operators) {
        operators.put("HOSTNAME", call -> {
            call.none();
            return constant(hostName());
        });
        operators.put("ENVIRONMENT", call -> {
            String value = System.getenv(call.required("variable"));
            return value == null ? Operator.ABSENT : constant(value);
        });
        operators.put("UNIQUE_ID", Operators.text(exchange -> UUID.randomUUID().toString()));
        operators.put("ACCESS_LOG_TYPE", Operators.text(exchange -> "DownstreamEnd"));
    }

    private static Operator constant(String value) {
        String bytes = Octets.of(value);
        return (out, exchange) -> {
            out.append(bytes);
            return true;
        };
    }

    /** The kernel knows it; asking the resolver could take seconds. */
    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException noSuchFile) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (IOException unknown) {
                return "localhost";
            }
        }
    }
}
