package dev.attache.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerFlightTest {

    private static final int LARGE_CERTIFICATE = 60_000;

    private final ServerFlight flight = new ServerFlight();

    @ParameterizedTest(name = "records of {0}, heard in parts of {1}")
    @CsvSource({"16384, 1000000", "16384, 1", "1, 1000000", "1, 1", "7, 3"})
    void hearsTheCurveBehindALargeCertificateInWhateverParts(int record, int part) {
        byte[] said = records(
                joined(
                        message(2, hello()),
                        message(11, new byte[LARGE_CERTIFICATE]),
                        message(12, new byte[] {3, 0, 0x1d, 1, 2}),
                        message(14, new byte[0])),
                record);

        for (int at = 0; at < said.length; at += part) {
            flight.hear(ByteBuffer.wrap(said, at, Math.min(part, said.length - at)));
        }

        assertThat(flight.curve()).isEqualTo("X25519");
        assertThat(flight.resumes()).isFalse();
    }

    @Test
    void goesOnWithASessionWhereTheCiphersChangeBehindTheHello() {
        flight.hear(ByteBuffer.wrap(records(message(2, hello()), 16_384)));
        flight.hear(ByteBuffer.wrap(new byte[] {20, 3, 3, 0, 1, 1}));

        assertThat(flight.resumes()).isTrue();
    }

    @Test
    void leavesToTheEngineWhatIsMalformed() {
        flight.hear(ByteBuffer.wrap(records(message(2, Arrays.copyOf(hello(), 20)), 16_384)));
        flight.hear(ByteBuffer.wrap(records(message(4, new byte[8]), 16_384)));

        assertThat(flight.resumes()).isFalse();
        assertThat(flight.curve()).isEmpty();
    }

    /** Of TLS 1.2, without extensions. */
    private static byte[] hello() {
        byte[] hello = new byte[2 + 32 + 1 + 2 + 1];
        hello[0] = 3;
        hello[1] = 3;
        return hello;
    }

    private static byte[] message(int type, byte[] body) {
        byte[] message = new byte[4 + body.length];
        ByteBuffer.wrap(message).putInt(type << 24 | body.length).put(body);
        return message;
    }

    private static byte[] records(byte[] messages, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < messages.length; at += size) {
            int length = Math.min(size, messages.length - at);
            out.writeBytes(new byte[] {22, 3, 3, (byte) (length >> 8), (byte) length});
            out.write(messages, at, length);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
