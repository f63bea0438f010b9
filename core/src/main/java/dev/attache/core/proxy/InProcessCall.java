package dev.attache.core.proxy;

import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Response;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import org.jspecify.annotations.Nullable;

/**
 * A call of the host application that is in progress. Behind its answer stands what must be closed; what the caller has
 * of it keeps the {@link Hold}, and with the last of that gone the collector puts this call into its queue.
 */
final class InProcessCall extends PhantomReference<InProcessCall.Hold> {

    /** What the caller's response and its body keep, and nobody else. */
    static final class Hold {}

    private final Exchange exchange;
    private @Nullable Response answer;
    private @Nullable Throwable place;
    private boolean over;

    /** Where {@link CallTable} has put it. */
    int slot;

    InProcessCall(Hold hold, ReferenceQueue<Hold> dropped, Exchange exchange) {
        super(hold, dropped);
        this.exchange = exchange;
    }

    /** It is answered; {@code where} it was made, or null. */
    void answered(Response with, @Nullable Throwable where) {
        place = where;
        answer = with;
    }

    /** Whether it is still waited for; another thread than the caller's may see that late. */
    boolean isWaiting() {
        return answer == null && !over;
    }

    @Nullable
    Throwable place() {
        return place;
    }

    /** Gives it up, whatever it waits for. */
    void cancel() {
        exchange.cancellation().cancel(Cancellation.Cause.SHUTDOWN);
    }

    /**
     * Closes what stands behind the answer. By who holds it, or when nobody does.
     *
     * @return whether it had not ended before
     */
    boolean end() {
        if (over) {
            return false;
        }
        over = true;
        Response open = answer;
        if (open != null) {
            open.close();
        }
        return true;
    }
}
