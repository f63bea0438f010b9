package dev.attache.core.hpack;

import dev.attache.core.http.Headers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Blocks and what is in them, for tests. */
final class Blocks {

    private Blocks() {}

    /** Octets in hexadecimal digits; blanks do not count. */
    static ByteBuffer hex(String digits) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(digits.replace(" ", "")));
    }

    static String hex(BlockBuffer block) {
        return HexFormat.of().formatHex(block.bytes(), 0, block.length());
    }

    /** Each field of a block as {@code name: value}; a never-indexed one has an exclamation mark in front. */
    static List<String> decode(HpackDecoder decoder, ByteBuffer block) throws HpackException {
        List<String> fields = new ArrayList<>();
        decoder.decode(block, new FieldSink() {
            @Override
            public void field(String name, String value) {
                fields.add(name + ": " + value);
            }

            @Override
            public void neverIndexed(String name, String value) {
                fields.add("!" + name + ": " + value);
            }
        });
        return fields;
    }

    static Headers headers(HpackDecoder decoder, ByteBuffer block) throws HpackException {
        Headers headers = new Headers();
        decoder.decode(block, headers::add);
        return headers;
    }

    /** A whole block. */
    static BlockBuffer encode(HpackEncoder encoder, Headers headers) {
        BlockBuffer block = new BlockBuffer();
        encoder.begin(block);
        encoder.encode(headers, block);
        return block;
    }
}
