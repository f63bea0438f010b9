package dev.attache.core.hpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.http.Headers;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackEncoderTest {

    private static final String INDEXED_BY_ONE_OCTET = "be";

    private final HpackEncoder encoder = new HpackEncoder(4096);
    private final HpackDecoder decoder = new HpackDecoder(4096);

    @Test
    void fieldsOfTheStaticTableAreOneOctet() {
        assertThat(encode(":method", "GET")).isEqualTo("82");
        assertThat(encode(":method", "POST")).isEqualTo("83");
        assertThat(encode(":path", "/")).isEqualTo("84");
        assertThat(encode(":path", "/index.html")).isEqualTo("85");
        assertThat(encode(":scheme", "https")).isEqualTo("87");
        assertThat(encode(":status", "200")).isEqualTo("88");
        assertThat(encode(":status", "500")).isEqualTo("8e");
        assertThat(encode("Accept-Encoding", "gzip, deflate")).isEqualTo("90");
        assertThat(encode("www-authenticate", "")).isEqualTo("bd");
    }

    @Test
    void aFieldOfFewValuesIsKnownTheSecondTime() throws HpackException {
        assertThat(encode(":status", "302")).startsWith("48");
        assertThat(encode(":status", "302")).isEqualTo(INDEXED_BY_ONE_OCTET);
        assertThat(encode("content-type", "text/html")).startsWith("5f");
        assertThat(encode("Content-Type", "text/html")).isEqualTo(INDEXED_BY_ONE_OCTET);
        assertThat(encode(":status", "302")).isEqualTo("bf");
    }

    @Test
    void anyOtherFieldIsKnownTheThirdTime() throws HpackException {
        assertThat(encode("x-own", "value")).startsWith("00");
        assertThat(encode("x-own", "value")).startsWith("40");
        assertThat(encode("X-Own", "value")).isEqualTo(INDEXED_BY_ONE_OCTET);
        assertThat(encode("x-own", "another")).startsWith("0f2f");
        assertThat(encode(":path", "/w/api.php")).startsWith("04");
        assertThat(encode(":path", "/w/api.php")).startsWith("44");
        assertThat(encode(":path", "/w/api.php")).isEqualTo(INDEXED_BY_ONE_OCTET);
    }

    @Test
    void valuesThatNeverRepeatTakeNoPlace() throws HpackException {
        assertThat(encode("content-type", "text/html")).startsWith("5f");
        for (int i = 0; i < 1000; i++) {
            assertThat(encode("x-own", "value " + i)).startsWith("00");
            assertThat(encode(":path", "/item/" + i)).startsWith("04");
        }
        assertThat(encode("content-type", "text/html")).isEqualTo(INDEXED_BY_ONE_OCTET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length", "etag", "x-request-id", "traceparent", "grpc-message", "set-cookie"})
    void whatChangesWithEveryMessageIsNotIndexed(String name) throws HpackException {
        String first = encode(name, "0123456789012345678901234567890");
        assertThat(first).startsWith("0");
        for (int i = 0; i < 5; i++) {
            assertThat(encode(name, "0123456789012345678901234567890")).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"authorization", "proxy-authorization", "cookie", "set-cookie", "AUTHORIZATION", "Cookie"})
    void whatCouldBeGuessedIsNeverIndexed(String name) throws HpackException {
        for (int i = 0; i < 5; i++) {
            BlockBuffer block = new BlockBuffer();
            encoder.encode(name, "a=secret", block);
            assertThat(Blocks.decode(decoder, block.written()))
                    .containsExactly("!" + name.toLowerCase(Locale.ROOT) + ": a=secret");
        }
    }

    @Test
    void aLongCookieIsIndexedIfItRepeats() throws HpackException {
        assertThat(encode("cookie", "session=0123456789abcdef")).startsWith("0f11");
        assertThat(encode("cookie", "session=0123456789abcdef")).startsWith("60");
        assertThat(encode("cookie", "session=0123456789abcdef")).isEqualTo(INDEXED_BY_ONE_OCTET);
    }

    @Test
    void whatItsSenderForbidsToIndexIsForwardedSo() throws HpackException {
        for (String name : List.of("x-own", "X-Own", "content-type", "Content-Type", ":status")) {
            BlockBuffer block = new BlockBuffer();
            encoder.encodeNeverIndexed(name, "200", block);
            assertThat(Blocks.decode(decoder, block.written()))
                    .containsExactly("!" + name.toLowerCase(Locale.ROOT) + ": 200");
        }
    }

    @Test
    void aFieldLargerThanHalfTheTableDrivesNothingOut() throws HpackException {
        assertThat(encode("content-type", "text/html")).startsWith("5f");
        for (int i = 0; i < 5; i++) {
            assertThat(encode("x-large", "a".repeat(2048))).startsWith("00");
        }
        assertThat(encode("content-type", "text/html")).isEqualTo(INDEXED_BY_ONE_OCTET);
    }

    @Test
    void namesAreWrittenInLowerCase() throws HpackException {
        for (String name : List.of("x-own", "X-Own", "X-OWN", "Content-Type", "CONTENT-TYPE", "cOnTeNt-TyPe")) {
            Headers decoded = decode(block(name, "v"));
            assertThat(decoded.name(0)).isEqualTo(name.toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void onlyLettersOfAsciiHaveALowerCase() throws HpackException {
        assertThat(decode(block("\u00C4[\u00DF@A", "\u00C4A")).toString()).isEqualTo("\u00C4[\u00DF@a: \u00C4A\n");
    }

    @Test
    void stringsAreInHuffmanCodeWhereThatIsShorter() throws HpackException {
        assertThat(encode("content-length", "1")).isEqualTo("0f0d0131");
        assertThat(encode("etag", "no-cache")).isEqualTo("0f1386a8eb10649cbf");
        assertThat(encode("etag", "\u00FF\u00FF")).isEqualTo("0f1302ffff");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r", "\n", "\0", "\u0100", "\u2028", "\uD83D\uDE00", "\uFF0D", "\uFFFF"})
    void whatCannotBeSentIsRefusedWhereverItStands(String wrong) throws HpackException {
        String text = "a" + wrong + "b";
        assertThat(HpackEncoder.encodable(text)).isFalse();
        for (String name : List.of("content-type", "x-own", "etag", "authorization", ":path")) {
            refuses(block -> encoder.encode(name, text, block));
            refuses(block -> encoder.encodeNeverIndexed(name, text, block));
            refuses(block -> encoder.encode(new Headers().add("server", "v").add(name, text), block));
        }
        refuses(block -> encoder.encode(text, "v", block));
        refuses(block -> encoder.encodeNeverIndexed(text, "v", block));
        refuses(block -> encoder.encode(new Headers().add("server", "v").add(text, "v"), block));
    }

    @Test
    void afterABlockThatIsNotSentBothTablesAreEmptied() throws HpackException {
        Headers good = new Headers().add("server", "v").add("via", "w");
        receives(good);
        refuses(block -> encoder.encode(new Headers().add("vary", "x").add("via", "y\n"), block));
        assertThat(receives(good)).startsWith("203fe11f76");
        assertThat(receives(good)).isEqualTo("bfbe");
        Blocks.encode(encoder, new Headers().add("vary", "x"));
        encoder.abandon();
        assertThat(receives(good)).startsWith("203fe11f76");
        assertThat(receives(good)).isEqualTo("bfbe");
    }

    @Test
    void aSmallerLimitIsStillSaidIfTheBlockThatSaidItIsNotSent() throws HpackException {
        Headers good = new Headers().add("server", "v");
        receives(good);
        encoder.setPeerLimit(100);
        assertThat(begin()).isEqualTo("3f45");
        encoder.abandon();
        assertThat(receives(good)).startsWith("203f4576");
        encoder.setPeerLimit(0);
        encoder.abandon();
        assertThat(receives(good)).startsWith("200f27");
    }

    @Test
    void aBlockThatIsSentAllTheSameIsUnderstood() throws HpackException {
        Headers good = new Headers().add("server", "v").add("via", "w");
        receives(good);
        BlockBuffer block = new BlockBuffer();
        encoder.begin(block);
        encoder.encode("vary", "x", block);
        assertThatThrownBy(() -> encoder.encode("x-own", "\n", block)).isInstanceOf(IllegalArgumentException.class);
        encoder.encode("via", "z", block);
        encoder.encode("via", "z", block);
        assertThat(decode(block)).hasToString("vary: x\nvia: z\nvia: z\n");
        receives(good);
        receives(good);
    }

    @Test
    void allOtherOctetsCanBeSent() {
        for (char c = 1; c <= 0xFF; c++) {
            assertThat(HpackEncoder.encodable("a" + c)).isEqualTo(c != '\r' && c != '\n');
        }
        assertThat(HpackEncoder.encodable("")).isTrue();
    }

    @Test
    void thePeersSmallerLimitIsSaidAtTheBeginningOfTheNextBlock() throws HpackException {
        encode("server", "v");
        encoder.setPeerLimit(100);
        assertThat(begin()).isEqualTo("3f45");
        assertThat(begin()).isEmpty();
        assertThat(encode("server", "v")).isEqualTo(INDEXED_BY_ONE_OCTET);
        encoder.setPeerLimit(0);
        assertThat(begin()).isEqualTo("20");
        assertThat(encode("server", "v")).startsWith("0f27");
        assertThat(encode("server", "v")).startsWith("0f27");
    }

    @Test
    void betweenTwoBlocksTheSmallestAndTheLastSizeAreSaid() throws HpackException {
        encode("server", "v");
        encoder.setPeerLimit(2000);
        encoder.setPeerLimit(0);
        encoder.setPeerLimit(70);
        encoder.setPeerLimit(100);
        assertThat(begin()).isEqualTo("203f45");
        assertThat(encode("server", "v")).startsWith("76");
        assertThat(begin()).isEmpty();
    }

    @Test
    void aLimitThatCameAndWentIsSaid() throws HpackException {
        encode("server", "v");
        encoder.setPeerLimit(0);
        encoder.setPeerLimit(4096);
        assertThat(begin()).isEqualTo("203fe11f");
        assertThat(encode("server", "v")).startsWith("76");
    }

    @Test
    void aPeerThatAllowsMoreGetsNoMoreThanOurs() {
        encoder.setPeerLimit(65536);
        encoder.setPeerLimit(0xFFFF_FFFFL);
        assertThat(begin()).isEmpty();
        encoder.setPeerLimit(4096);
        assertThat(begin()).isEqualTo("3fe11f");
    }

    @Test
    void aLargerTableOfOursIsUsedWhenThePeerAllowsIt() {
        HpackEncoder large = new HpackEncoder(65536);
        assertThat(begin(large)).isEmpty();
        large.setPeerLimit(10_000);
        assertThat(begin(large)).isEqualTo("3ff14d");
        large.setPeerLimit(1_000_000);
        assertThat(begin(large)).isEqualTo("3fe1ff03");
    }

    @Test
    void aSmallerTableOfOursIsSaidInTheFirstBlock() {
        HpackEncoder small = new HpackEncoder(100);
        assertThat(begin(small)).isEqualTo("3f45");
        assertThat(begin(small)).isEmpty();
        assertThat(begin(new HpackEncoder(0))).isEqualTo("20");
    }

    @Test
    void aBlockIsWrittenBehindWhatTheBufferHas() throws HpackException {
        BlockBuffer block = new BlockBuffer();
        block.put(new byte[9]);
        encoder.begin(block);
        encoder.encode(":method", "GET", block);
        assertThat(Blocks.hex(block)).isEqualTo("00".repeat(9) + "82");
        block.clear();
        assertThat(block.length()).isZero();
        encoder.encode("x-own", "a".repeat(100_000), block);
        assertThat(decode(block).value(0)).hasSize(100_000);
        block.clear();
        assertThat(block.bytes()).hasSizeLessThan(10_000);
    }

    private String begin() {
        return begin(encoder);
    }

    private static String begin(HpackEncoder encoder) {
        BlockBuffer block = new BlockBuffer();
        encoder.begin(block);
        return Blocks.hex(block);
    }

    private BlockBuffer block(String name, String value) {
        BlockBuffer block = new BlockBuffer();
        encoder.encode(name, value, block);
        return block;
    }

    private String encode(String name, String value) {
        return Blocks.hex(block(name, value));
    }

    private Headers decode(BlockBuffer block) throws HpackException {
        return Blocks.headers(decoder, block.written());
    }

    /** The block as it is sent. */
    private String receives(Headers headers) throws HpackException {
        BlockBuffer block = Blocks.encode(encoder, headers);
        assertThat(decode(block)).hasToString(headers.toString());
        return Blocks.hex(block);
    }

    private static void refuses(Consumer<BlockBuffer> encoding) {
        BlockBuffer block = new BlockBuffer();
        assertThatThrownBy(() -> encoding.accept(block)).isInstanceOf(IllegalArgumentException.class);
    }
}
