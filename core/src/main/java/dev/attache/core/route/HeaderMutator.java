package dev.attache.core.route;

import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.format.AddedHeader;
import dev.attache.core.http.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpFields;

/**
 * The header changes of all levels in the order in which they are made: the most specific first, so that a more general
 * one has the last word, unless the route table says the reverse. At each level removals run before additions. Immutable
 * and safe for use by all threads.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers">Envoy
 *     custom headers</a>
 */
final class HeaderMutator {

    private record Level(List<String> removed, List<AddedHeader> added) {}

    private final Level[] levels;

    private HeaderMutator(List<Level> levels) {
        this.levels = levels.toArray(Level[]::new);
    }

    /**
     * The changes of requests.
     *
     * @param levels the most specific first
     * @throws IllegalArgumentException when a value is not a format
     */
    static HeaderMutator ofRequests(List<HeaderMutations> levels, boolean mostSpecificWins) {
        return of(levels, mostSpecificWins, HeaderMutations::requestRemove, HeaderMutations::requestAdd);
    }

    /** The changes of responses; as {@link #ofRequests}. */
    static HeaderMutator ofResponses(List<HeaderMutations> levels, boolean mostSpecificWins) {
        return of(levels, mostSpecificWins, HeaderMutations::responseRemove, HeaderMutations::responseAdd);
    }

    private static HeaderMutator of(
            List<HeaderMutations> levels,
            boolean mostSpecificWins,
            Function<HeaderMutations, List<String>> removed,
            Function<HeaderMutations, List<HeaderAddition>> added) {
        List<Level> compiled = new ArrayList<>();
        for (HeaderMutations level : mostSpecificWins ? levels.reversed() : levels) {
            if (!removed.apply(level).isEmpty() || !added.apply(level).isEmpty()) {
                compiled.add(new Level(
                        removed.apply(level),
                        added.apply(level).stream().map(AddedHeader::new).toList()));
            }
        }
        return new HeaderMutator(compiled);
    }

    /** Makes the changes. */
    void apply(HttpFields.Mutable headers, Exchange exchange) {
        for (Level level : levels) {
            for (String name : level.removed) {
                headers.remove(name);
            }
            for (AddedHeader header : level.added) {
                header.addTo(headers, exchange);
            }
        }
    }
}
