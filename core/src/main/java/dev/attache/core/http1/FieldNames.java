package dev.attache.core.http1;

import java.util.Arrays;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** Finds well-known header names in bytes, whatever their case, without making a string of them. */
final class FieldNames {

    private static final int SLOTS = 1024;
    private static final HttpHeader[][] BY_HASH = byHash();
    private static final byte[][] NAMES = names();

    private FieldNames() {}

    static @Nullable HttpHeader find(byte[] bytes, int from, int length) {
        if (length == 0) {
            return null;
        }
        int last = bytes[from + length - 1] | 0x20;
        HttpHeader[] candidates = BY_HASH[hash(length, bytes[from] | 0x20, bytes[from + length / 2] | 0x20, last)];
        if (candidates != null) {
            for (HttpHeader candidate : candidates) {
                if (isNamed(NAMES[candidate.ordinal()], bytes, from, length)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    private static int hash(int length, int first, int middle, int last) {
        return (length * 31 + first * 961 + middle * 7 + last * 131) & SLOTS - 1;
    }

    /** The bytes are of a token, in which only letters differ by that bit alone from lower case. */
    private static boolean isNamed(byte[] name, byte[] bytes, int from, int length) {
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            byte b = bytes[from + i];
            if (name[i] != (b >= 'A' && b <= 'Z' ? b + 32 : b)) {
                return false;
            }
        }
        return true;
    }

    private static byte[][] names() {
        HttpHeader[] known = HttpHeader.values();
        byte[][] names = new byte[known.length][];
        for (HttpHeader header : known) {
            names[header.ordinal()] = HeadBytes.ascii(header.lowerCaseName());
        }
        return names;
    }

    private static HttpHeader[][] byHash() {
        HttpHeader[][] table = new HttpHeader[SLOTS][];
        for (HttpHeader header : HttpHeader.values()) {
            byte[] name = HeadBytes.ascii(header.lowerCaseName());
            if (header.isPseudo() || name.length == 0) {
                continue;
            }
            int slot = hash(name.length, name[0] | 0x20, name[name.length / 2] | 0x20, name[name.length - 1] | 0x20);
            HttpHeader[] before = table[slot] == null ? new HttpHeader[0] : table[slot];
            HttpHeader[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = header;
            table[slot] = after;
        }
        return table;
    }
}
