package dev.attache.core.grpcstats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageFramesTest {

    private static ByteBuffer messages(int... lengths) {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        for (int length : lengths) {
            bytes.put((byte) 1).putInt(length);
            for (int i = 0; i < length; i++) {
                bytes.put((byte) 0xff);
            }
        }
        return bytes.flip();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6, 7, 300, 4096})
    void findsEveryEndHoweverTheBytesAreCut(int size) {
        ByteBuffer bytes = messages(0, 1, 300, 0, 0, 7);
        MessageFrames frames = new MessageFrames();
        int ended = 0;
        for (int at = 0; at < bytes.limit(); at += size) {
            ended += frames.ended(bytes.slice(at, Math.min(size, bytes.limit() - at)));
        }

        assertThat(ended).isEqualTo(6);
    }

    @Test
    void countsNoMessageThatIsNotWhole() {
        ByteBuffer bytes = messages(3, 5);

        assertThat(new MessageFrames().ended(bytes.slice(0, bytes.limit() - 1))).isEqualTo(1);
    }

    @Test
    void takesALengthAsUnsigned() {
        ByteBuffer bytes = ByteBuffer.allocate(64).put((byte) 0).putInt(-1).rewind();

        assertThat(new MessageFrames().ended(bytes)).isZero();
    }

    @Test
    void consumesNothing() {
        ByteBuffer bytes = messages(3);

        new MessageFrames().ended(bytes);

        assertThat(bytes.remaining()).isEqualTo(8);
    }
}
