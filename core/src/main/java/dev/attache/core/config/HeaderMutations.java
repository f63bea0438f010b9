package dev.attache.core.config;

import java.util.List;

/**
 * Changes of one level (route, virtual host, route table) to the headers; removals run before additions.
 *
 * @param requestAdd added to the request on its way upstream
 * @param requestRemove lower-case names removed from the request
 * @param responseAdd added to the response on its way downstream
 * @param responseRemove lower-case names removed from the response
 */
public record HeaderMutations(
        List<HeaderAddition> requestAdd,
        List<String> requestRemove,
        List<HeaderAddition> responseAdd,
        List<String> responseRemove) {

    public HeaderMutations {
        requestAdd = List.copyOf(requestAdd);
        requestRemove = List.copyOf(requestRemove);
        responseAdd = List.copyOf(responseAdd);
        responseRemove = List.copyOf(responseRemove);
    }

    /** No change. */
    public static final HeaderMutations NONE = new HeaderMutations(List.of(), List.of(), List.of(), List.of());

    /** Whether it changes nothing. */
    public boolean isEmpty() {
        return requestAdd.isEmpty() && requestRemove.isEmpty() && responseAdd.isEmpty() && responseRemove.isEmpty();
    }
}
