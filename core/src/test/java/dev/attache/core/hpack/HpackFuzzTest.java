package dev.attache.core.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that no encoder made: each is decoded or refused, and what comes out is never more than is allowed. */
class HpackFuzzTest {

    private static final int MAX_DECODED = 20_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomOctetsAreDecodedOrRefused(long seed) {
        Random random = new Random(seed);
        Fuzz fuzz = new Fuzz();
        for (int i = 0; i < 20_000; i++) {
            byte[] block = new byte[random.nextInt(60)];
            random.nextBytes(block);
            fuzz.decode(block);
        }
        assertThat(fuzz.decoded).isPositive();
        assertThat(fuzz.refused).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void blocksWithAFewWrongOctetsAreDecodedOrRefused(long seed) {
        Random random = new Random(seed);
        RandomFields fields = RandomFields.ofAnyOctets(seed);
        Fuzz fuzz = new Fuzz();
        HpackEncoder encoder = new HpackEncoder(4096);
        for (int i = 0; i < 20_000; i++) {
            if (fuzz.isNew()) {
                encoder = new HpackEncoder(4096);
            }
            BlockBuffer whole = Blocks.encode(encoder, fields.headers());
            byte[] block = Arrays.copyOf(whole.bytes(), whole.length());
            fuzz.decode(random.nextInt(3) == 0 ? mutate(block, random) : block);
        }
        assertThat(fuzz.decoded).isPositive();
        assertThat(fuzz.refused).isPositive();
    }

    private static byte[] mutate(byte[] block, Random random) {
        byte[] mutated = block;
        for (int i = random.nextInt(4); i >= 0 && mutated.length > 0; i--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(4)) {
                case 0 -> mutated = Arrays.copyOf(mutated, at);
                case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> mutated[at] = (byte) random.nextInt(256);
                default -> Arrays.fill(mutated, at, Math.min(mutated.length, at + 6), (byte) 0xFF);
            }
        }
        return mutated;
    }

    /** Decodes one block after the other; an error ends the connection, and a new one begins. */
    private static final class Fuzz {

        private HpackDecoder decoder = new HpackDecoder(4096, MAX_DECODED);
        private boolean fresh = true;
        private long size;
        int decoded;
        int refused;

        boolean isNew() {
            return fresh;
        }

        void decode(byte[] block) {
            size = 0;
            try {
                decoder.decode(ByteBuffer.wrap(block), (name, value) -> size += name.length() + value.length() + 32L);
                decoded++;
                fresh = false;
            } catch (HpackException e) {
                assertThat(e.getMessage()).isNotEmpty();
                refused++;
                decoder = new HpackDecoder(4096, MAX_DECODED);
                fresh = true;
            }
            assertThat(size).isLessThanOrEqualTo(MAX_DECODED);
        }
    }
}
