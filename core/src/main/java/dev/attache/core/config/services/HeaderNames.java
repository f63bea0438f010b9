package dev.attache.core.config.services;

import java.util.regex.Pattern;

/** Names that a header may have. */
final class HeaderNames {

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private HeaderNames() {}

    static boolean isToken(String name) {
        return TOKEN.matcher(name).matches();
    }
}
