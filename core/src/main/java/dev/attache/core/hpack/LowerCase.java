package dev.attache.core.hpack;

/** Names in lower case. Only letters of US-ASCII have one: what else is in a name stays what it is. */
final class LowerCase {

    private LowerCase() {}

    /** The name itself if it is in lower case already. */
    static String of(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (isUpper(name.charAt(i))) {
                return lowered(name, i);
            }
        }
        return name;
    }

    private static String lowered(String name, int from) {
        char[] lower = name.toCharArray();
        for (int i = from; i < lower.length; i++) {
            if (isUpper(lower[i])) {
                lower[i] = (char) (lower[i] | 0x20);
            }
        }
        return new String(lower);
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }
}
