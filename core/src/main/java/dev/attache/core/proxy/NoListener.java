package dev.attache.core.proxy;

import dev.attache.core.config.LocalReplyConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.localreply.LocalReplies;
import dev.attache.core.runtime.Runtime;

/** Answers calls to a listener that was there, and which an update has taken away. */
final class NoListener implements HttpService {

    private final LocalReply reply;
    private final LocalReplies form;

    /** @param why what the caller is told */
    NoListener(String why, Runtime runtime) {
        reply = new LocalReply(503, why, "listener_not_found");
        form = new LocalReplies(LocalReplyConfig.NONE, runtime);
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        exchange.received(request);
        Response answer = Response.local(reply);
        form.apply(answer, exchange);
        exchange.responded(answer.status(), answer.headers());
        return answer;
    }
}
