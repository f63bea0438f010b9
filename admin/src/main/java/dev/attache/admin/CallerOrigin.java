package dev.attache.admin;

import dev.attache.core.http.Request;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether a page of another origin has made a browser send a request. A browser says so in any of three headers; other
 * clients send none of them, and neither does a browser to a plain address beyond loopback: so this is no more than the
 * second line, behind a GET that is harmless by itself.
 *
 * @see <a href="https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header">Fetch Metadata, Sec-Fetch-Site</a>
 */
final class CallerOrigin {

    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private CallerOrigin() {}

    /** Why a request is refused; empty where it is not. */
    static String objection(Request request) {
        String own = "http://" + request.authority().toLowerCase(Locale.ROOT);
        List<String> sites = request.headers().getValuesList("sec-fetch-site");
        List<String> origins = request.headers().getValuesList("origin");
        List<String> referrers = request.headers().getValuesList("referer");
        if (sites.size() > 1 || origins.size() > 1 || referrers.size() > 1) {
            return "Sec-Fetch-Site, Origin or Referer is given twice";
        }
        if (!sites.stream().allMatch(OWN_SITE::contains)) {
            return "a page of another site may not ask here";
        }
        boolean foreign = !origins.stream().allMatch(origin -> origin.equalsIgnoreCase(own))
                || !referrers.stream().allMatch(referrer -> isOf(own, referrer));
        return foreign ? "a page of another origin may not ask here" : "";
    }

    private static boolean isOf(String origin, String url) {
        int length = origin.length();
        return url.regionMatches(true, 0, origin, 0, length)
                && (url.length() == length || "/?#".indexOf(url.charAt(length)) >= 0);
    }
}
