package dev.attache.core.upstream.http1;

import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import org.eclipse.jetty.http.HttpFields;

/** A connection that has carried bytes alone from its beginning: what ends a CONNECT here. */
final class Tunnel {

    private Tunnel() {}

    /** Begins to carry what is in the body of {@code request}; what comes back is the body of the answer. */
    static Response begin(
            AttemptSettings settings,
            ConnectionPool pool,
            Connection connection,
            Request request,
            Exchange exchange,
            Cancellation cancellation) {
        exchange.upstreamLocalAddress(connection.socket().localAddress());
        exchange.mark(Phase.US_TX_BEG);
        exchange.mark(Phase.US_RX_BEG);
        connection.becomeTunnel();
        connection.reader().switchOver();
        RequestPump pump = new RequestPump(settings, connection, request.body(), exchange, true, null);
        ResponseBody body = new ResponseBody(pool, connection, exchange, cancellation, pump, false);
        Response response = new Response(200, HttpFields.build(), body);
        response.onClose(body);
        pump.start();
        return response;
    }
}
