package dev.attache.core.format;

import dev.attache.core.http.Exchange;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Who is at the other ends: client, endpoint, and our own addresses. */
final class PeerOperators {

    private PeerOperators() {}

    static void addTo(Map<String, Function<OperatorCall, Operator>> operators) {
        address(
                operators,
                "DOWNSTREAM_REMOTE_ADDRESS",
                "DOWNSTREAM_REMOTE_PORT",
                x -> x.downstream().remote());
        address(
                operators,
                "DOWNSTREAM_DIRECT_REMOTE_ADDRESS",
                "DOWNSTREAM_DIRECT_REMOTE_PORT",
                x -> x.downstream().direct());
        address(
                operators,
                "DOWNSTREAM_LOCAL_ADDRESS",
                "DOWNSTREAM_LOCAL_PORT",
                x -> x.downstream().local());
        address(
                operators,
                "DOWNSTREAM_DIRECT_LOCAL_ADDRESS",
                "DOWNSTREAM_DIRECT_LOCAL_PORT",
                x -> x.downstream().local());
        address(operators, "UPSTREAM_REMOTE_ADDRESS", "UPSTREAM_REMOTE_PORT", Exchange::endpointAddress);
        address(operators, "UPSTREAM_LOCAL_ADDRESS", "UPSTREAM_LOCAL_PORT", Exchange::upstreamLocalAddress);
        operators.put("UPSTREAM_HOST", Operators.plain(whole(Exchange::endpointAddress)));
        operators.put("UPSTREAM_HOST_NAME", Operators.text(Exchange::endpointName));
        operators.put(
                "UPSTREAM_HOST_NAME_WITHOUT_PORT",
                Operators.text(exchange -> Addresses.withoutPort(exchange.endpointName())));
        operators.put("UPSTREAM_CLUSTER", Operators.text(Exchange::cluster));
        operators.put("UPSTREAM_CLUSTER_RAW", Operators.text(Exchange::cluster));
        operators.put(
                "UPSTREAM_PROTOCOL",
                Operators.text(exchange -> exchange.upstreamLocalAddress() == null ? "" : "HTTP/1.1"));
        operators.put("UPSTREAM_REQUEST_ATTEMPT_COUNT", Operators.number(Exchange::attempts));
        operators.put(
                "UPSTREAM_TRANSPORT_FAILURE_REASON",
                Operators.text(exchange -> Escapes.underscored(exchange.upstreamTransportFailure())));
    }

    private static void address(
            Map<String, Function<OperatorCall, Operator>> operators,
            String name,
            String portName,
            Function<Exchange, @Nullable SocketAddress> source) {
        operators.put(name, Operators.plain(whole(source)));
        operators.put(
                name + "_WITHOUT_PORT",
                Operators.plain((out, exchange) -> Addresses.appendHost(out, source.apply(exchange))));
        operators.put(
                portName,
                Operators.number(exchange ->
                        source.apply(exchange) instanceof InetSocketAddress socket ? socket.getPort() : -1));
    }

    private static Operator whole(Function<Exchange, @Nullable SocketAddress> source) {
        return (out, exchange) -> Addresses.append(out, source.apply(exchange));
    }
}
