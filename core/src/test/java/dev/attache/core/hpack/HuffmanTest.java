package dev.attache.core.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HuffmanTest {

    @Test
    void eachOctetAloneAndInAnyNumberIsReadBack() throws HpackException {
        for (char c = 1; c <= 0xFF; c++) {
            if (c != '\r' && c != '\n') {
                for (int length = 0; length < 40; length++) {
                    readsBack(String.valueOf(c).repeat(length));
                }
            }
        }
    }

    @Test
    void shortAndLongCodesMixAtAnyPlace() throws HpackException {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(50); length > 0; length--) {
                text.append(random.nextBoolean() ? 'a' : (char) (0x80 + random.nextInt(0x80)));
            }
            readsBack(text.toString());
        }
    }

    @Test
    void octetsThatMayNotBeSentAreReadAllTheSame() throws HpackException {
        assertThat(Blocks.decode(new HpackDecoder(0), Blocks.hex("00 01 61 82 ff c7")))
                .containsExactly("a: \0");
        assertThat(Blocks.decode(new HpackDecoder(0), Blocks.hex("00 01 61 84 ff ff ff f7")))
                .containsExactly("a: \r");
        assertThat(Blocks.decode(new HpackDecoder(0), Blocks.hex("00 01 61 84 ff ff ff f3")))
                .containsExactly("a: \n");
    }

    private static void readsBack(String text) throws HpackException {
        int length = HuffmanEncoder.length(text);
        byte[] code = new byte[length + HuffmanEncoder.SLACK + 1];
        assertThat(HuffmanEncoder.encode(text, code, 1)).isEqualTo(length + 1);
        // What lies behind the string has no part in it.
        Arrays.fill(code, length + 1, code.length, (byte) 0x5A);
        byte[] read = new byte[HuffmanDecoder.mostDecoded(length) + HuffmanDecoder.SLACK];
        int count = HuffmanDecoder.decode(code, 1, length + 1, read);
        assertThat(new String(read, 0, count, StandardCharsets.ISO_8859_1)).isEqualTo(text);
        assertThat(count).isGreaterThanOrEqualTo(HuffmanDecoder.leastDecoded(length));
    }
}
