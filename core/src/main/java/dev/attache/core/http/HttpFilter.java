package dev.attache.core.http;

/**
 * Sees each request on its way down and its response on the way back. It may answer by itself instead of calling
 * {@code next}, or call it with a changed request.
 *
 * <p>Safe for use by many threads at once; what belongs to one request lives in the {@link Exchange}.
 */
@FunctionalInterface
public interface HttpFilter {

    /**
     * Filters one exchange. What it throws, whatever it is, is answered with 500 and logged once; so is null, and a
     * response that it has closed.
     *
     * @return the response of {@code next}, changed or not, or one of its own; a response of {@code next} that is not
     *     returned must be closed: where it is not, it is closed behind the one that was returned, with a log line
     */
    Response filter(Request request, Exchange exchange, HttpService next);
}
