package dev.attache.core.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.http.Headers;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random fields from one end to the other, where the other is ours or one of another hand. */
class HpackRoundTripTest {

    private static final int BLOCKS = 3000;

    @ParameterizedTest
    @CsvSource({"0, 1", "64, 2", "200, 3", "4096, 4", "65536, 5"})
    void whatIsEncodedIsDecoded(int tableSize, long seed) throws HpackException {
        RandomFields random = RandomFields.ofAnyOctets(seed);
        HpackEncoder encoder = new HpackEncoder(tableSize);
        HpackDecoder decoder = new HpackDecoder(4096);
        for (int i = 0; i < BLOCKS; i++) {
            Headers sent = random.headers();
            Headers received =
                    Blocks.headers(decoder, Blocks.encode(encoder, sent).written());
            assertThat(received.toString()).isEqualTo(inLowerCase(sent));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void theTablesStayEqualWhileTheLimitChangesAndBlocksAreAbandoned(long seed) throws HpackException {
        RandomFields random = RandomFields.ofAnyOctets(seed);
        HpackEncoder encoder = new HpackEncoder(8192);
        HpackDecoder decoder = new HpackDecoder(65536);
        for (int i = 0; i < BLOCKS; i++) {
            for (int changes = random.below(4) - 1; changes > 0; changes--) {
                encoder.setPeerLimit(random.limit());
            }
            if (random.below(50) == 0) {
                Blocks.encode(encoder, random.headers());
                encoder.abandon();
            }
            Headers sent = random.headers();
            Headers received =
                    Blocks.headers(decoder, Blocks.encode(encoder, sent).written());
            assertThat(received.toString()).isEqualTo(inLowerCase(sent));
        }
    }

    @Test
    void fieldsThatRepeatAreFoundInALargeTable() throws HpackException {
        HpackEncoder encoder = new HpackEncoder(65536);
        encoder.setPeerLimit(65536);
        HpackDecoder decoder = new HpackDecoder(65536);
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 100; i++) {
                Headers sent = new Headers();
                for (int field = 0; field < 5; field++) {
                    sent.add("x-own-" + (5 * i + field), "value " + i);
                }
                for (int again = 0; again < 2; again++) {
                    BlockBuffer block = Blocks.encode(encoder, sent);
                    // All of them are an index, of three octets at most.
                    assertThat(round == 0 || block.length() <= 15).isTrue();
                    assertThat(Blocks.headers(decoder, block.written()).toString())
                            .isEqualTo(sent.toString());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void anotherDecoderUnderstandsUs(long seed) throws Exception {
        RandomFields random = RandomFields.ofPlainText(seed);
        HpackEncoder encoder = new HpackEncoder(4096);
        org.eclipse.jetty.http2.hpack.HpackDecoder decoder =
                new org.eclipse.jetty.http2.hpack.HpackDecoder(1_000_000, () -> 0L);
        decoder.setMaxTableCapacity(65536);
        for (int i = 0; i < BLOCKS; i++) {
            for (int changes = random.below(10) - 7; changes > 0; changes--) {
                encoder.setPeerLimit(random.limit());
            }
            Headers sent = random.headers();
            MetaData received = decoder.decode(Blocks.encode(encoder, sent).written());
            assertThat(lines(received.getHttpFields())).isEqualTo(inLowerCase(sent));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void weUnderstandAnotherEncoder(long seed) throws Exception {
        RandomFields random = RandomFields.ofPlainText(seed);
        org.eclipse.jetty.http2.hpack.HpackEncoder encoder = new org.eclipse.jetty.http2.hpack.HpackEncoder();
        encoder.setMaxTableCapacity(65536);
        encoder.setTableCapacity(4096);
        encoder.setMaxHeaderListSize(1_000_000);
        HpackDecoder decoder = new HpackDecoder(65536);
        ByteBuffer block = ByteBuffer.allocate(1_000_000);
        for (int i = 0; i < BLOCKS; i++) {
            if (random.below(10) == 0) {
                encoder.setTableCapacity(random.limit());
            }
            Headers sent = random.headers();
            HttpFields.Mutable fields = HttpFields.build();
            for (int field = 0; field < sent.size(); field++) {
                fields.add(sent.name(field), sent.value(field));
            }
            encoder.encode(block.clear(), new MetaData(HttpVersion.HTTP_2, fields));
            assertThat(inLowerCase(Blocks.headers(decoder, block.flip()))).isEqualTo(inLowerCase(sent));
        }
    }

    private static String lines(HttpFields fields) {
        Headers headers = new Headers();
        fields.forEach(
                field -> headers.add(field.getLowerCaseName(), field.getValue() == null ? "" : field.getValue()));
        return headers.toString();
    }

    private static String inLowerCase(Headers headers) {
        Headers lower = new Headers();
        for (int i = 0; i < headers.size(); i++) {
            lower.add(LowerCase.of(headers.name(i)), headers.value(i));
        }
        return lower.toString();
    }
}
