package dev.attache.core.hpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackDecoderTest {

    private final HpackDecoder decoder = new HpackDecoder(4096, 1024 * 1024);

    @Test
    void index0IsRefused() {
        refuses("80", "index 0");
    }

    @Test
    void anIndexBeyondTheTablesIsRefused() throws HpackException {
        refuses("be", "index 62 (expected: 61 at most)");
        decodes("40 01 61 01 62", "a: b");
        decodes("be", "a: b");
        refuses("bf", "index 63 (expected: 62 at most)");
        refuses("ff ff fe ff ff 07", "index 2147483646 (expected: 62 at most)");
    }

    @Test
    void anIndexedNameBeyondTheTablesIsRefused() {
        refuses("7f 00 01 61", "index 63 (expected: 61 at most)");
        refuses("0f 2f 01 61", "index 62 (expected: 61 at most)");
        refuses("1f 2f 01 61", "index 62 (expected: 61 at most)");
    }

    @Test
    void anIntegerThatOverflowsIsRefused() {
        refuses("ff ff ff ff ff 0f", "integer: larger than 2147483647");
        refuses("ff ff ff ff ff 7f", "integer: larger than 2147483647");
        refuses("00 01 61 7f ff ff ff ff 7f", "integer: larger than 2147483647");
    }

    @Test
    void anIntegerLongerThanAnyNeedsIsRefusedEvenIfItSaysNothing() {
        refuses("ff 80 80 80 80 80 00", "integer: more than 6 octets");
        refuses("ff" + "80".repeat(100_000), "integer: more than 6 octets");
        refuses("3f 80 80 80 80 80 00", "integer: more than 6 octets");
        refuses("00 7f 80 80 80 80 80 00", "integer: more than 6 octets");
    }

    @Test
    void anIntegerThatIsCutShortIsRefused() {
        refuses("ff", "integer: cut short by the end of the block");
        refuses("ff 80", "integer: cut short by the end of the block");
        refuses("7f", "integer: cut short by the end of the block");
        refuses("3f", "integer: cut short by the end of the block");
        refuses("00 7f", "integer: cut short by the end of the block");
    }

    @Test
    void aStringLongerThanTheBlockIsRefused() {
        refuses("00 02 61", "string of 2 octets, of which the block has 1");
        refuses("00 82 61", "string of 2 octets, of which the block has 1");
        refuses("00 01 61 02 61", "string of 2 octets, of which the block has 1");
        refuses("00 01 61 7f 80 ff ff ff 07 61", "string of 2147483647 octets, of which the block has 1");
    }

    @Test
    void aStringThatIsMissingIsRefused() {
        refuses("00", "string: cut short by the end of the block");
        refuses("41", "string: cut short by the end of the block");
        refuses("40 01 61", "string: cut short by the end of the block");
        refuses("10 01 61", "string: cut short by the end of the block");
    }

    @Test
    void huffmanCodeWithEosInItIsRefused() {
        refuses("00 01 61 84 ff ff ff ff", "Huffman code: EOS within a string");
        refuses("00 01 61 85 1f ff ff ff ff", "Huffman code: EOS within a string");
        refuses("00 01 61 8a 1f ff ff ff fc 1f 1f 1f 1f 1f", "Huffman code: EOS within a string");
    }

    @Test
    void huffmanPaddingOfMoreThan7BitsIsRefused() throws HpackException {
        // An "a" is 00011.
        decodes("00 01 61 81 1f", "a: a");
        refuses("00 01 61 82 1f ff", "Huffman code: ends with 11 bits of no octet (expected: 7 at most)");
        refuses("00 01 61 81 ff", "Huffman code: ends with 8 bits of no octet (expected: 7 at most)");
        refuses("00 01 61 83 ff ff ff", "Huffman code: ends with 24 bits of no octet (expected: 7 at most)");
    }

    @Test
    void huffmanPaddingThatIsNotAllOnesIsRefused() {
        refuses("00 01 61 81 1e", "Huffman code: padding is not all ones");
        refuses("00 01 61 81 18", "Huffman code: padding is not all ones");
        refuses("00 81 1e 01 61", "Huffman code: padding is not all ones");
    }

    @Test
    void aSizeUpdateBeyondTheLimitIsRefused() throws HpackException {
        decodes("3f e1 1f");
        refuses("3f e2 1f", "size update: 4097 (expected: 4096 at most)");
        refuses("3f 80 ff ff ff 07", "size update: 2147483551");
    }

    @Test
    void aLargerLimitIsAllowedFromTheBeginning() throws HpackException {
        HpackDecoder large = new HpackDecoder(65536);
        assertThat(Blocks.decode(large, Blocks.hex("3f e1 ff 03 82"))).containsExactly(":method: GET");
    }

    @Test
    void aSizeUpdateBehindAFieldIsRefused() {
        refuses("82 20", "size update behind the beginning of a block");
        refuses("20 82 20", "size update behind the beginning of a block");
    }

    @Test
    void twoSizeUpdatesAreTakenAndAThirdIsRefused() throws HpackException {
        decodes("20 3f 01 82", ":method: GET");
        refuses("20 3f 01 3f 01 82", "more than 2 size updates");
    }

    @Test
    void aBlockMayBeEmptyOrHaveNothingButASizeUpdate() throws HpackException {
        decodes("");
        decodes("20");
        refuses("be", "index 62");
    }

    @Test
    void aSmallerTableForgetsTheOldestFields() throws HpackException {
        decodes("40 01 61 01 62 40 01 63 01 64", "a: b", "c: d");
        // 34 bytes are one field of these.
        decodes("3f 03 be", "c: d");
        refuses("bf", "index 63");
    }

    @Test
    void aTableOfNothingKeepsNothing() throws HpackException {
        decodes("20 40 01 61 01 62", "a: b");
        refuses("be", "index 62");
    }

    @Test
    void aFieldLargerThanTheTableEmptiesIt() throws HpackException {
        decodes("3f 03 40 01 61 01 62", "a: b");
        decodes("40 01 61 02 62 62", "a: bb");
        refuses("be", "index 62");
    }

    @Test
    void aNameOfAnEntryThatIsDrivenOutIsStillKnown() throws HpackException {
        decodes("3f 03 40 01 61 01 62", "a: b");
        decodes("7e 01 63", "a: c");
        decodes("be", "a: c");
    }

    @Test
    void aSmallerLimitHoldsWhenThePeerHasAcknowledgedIt() throws HpackException {
        HpackDecoder small = new HpackDecoder(34);
        assertThat(Blocks.decode(small, Blocks.hex("40 01 61 01 62 40 01 63 01 64")))
                .containsExactly("a: b", "c: d");
        small.limitAcknowledged();
        assertThat(Blocks.decode(small, Blocks.hex("3f 03 be"))).containsExactly("c: d");
        assertThatThrownBy(() -> Blocks.decode(small, Blocks.hex("3f 04")))
                .hasMessage("size update: 35 (expected: 34 at most)");
    }

    @Test
    void aPeerThatHasAcknowledgedASmallerLimitHasToSaySo() throws HpackException {
        HpackDecoder none = new HpackDecoder(0);
        assertThat(Blocks.decode(none, Blocks.hex("82"))).containsExactly(":method: GET");
        none.limitAcknowledged();
        assertThatThrownBy(() -> Blocks.decode(none, Blocks.hex("82")))
                .isInstanceOf(HpackException.class)
                .hasMessage("no size update to the acknowledged 0");
    }

    @Test
    void whatIsBeyondTheDecodedLimitIsTooLarge() throws HpackException {
        HpackDecoder tight = new HpackDecoder(4096, 68);
        assertThat(Blocks.decode(tight, Blocks.hex("40 01 61 01 62 be"))).containsExactly("a: b", "a: b");
        tooLarge(new HpackDecoder(4096, 68), "40 01 61 01 62 40 01 61 02 62 62");
        tooLarge(new HpackDecoder(4096, 67), "40 01 61 01 62 be");
        tooLarge(new HpackDecoder(4096, 41), "82");
    }

    @Test
    void aStringBeyondTheDecodedLimitIsTooLargeBeforeItIsMade() {
        tooLarge(new HpackDecoder(4096, 100), "00 01 61 7f 81 78" + "61".repeat(15_488));
        tooLarge(new HpackDecoder(4096, 100), "00 01 61 ff 81 78" + "1f".repeat(15_488));
    }

    @Test
    void manyReferencesToOneLargeFieldEndAtTheDecodedLimit() throws HpackException {
        decodes("40 01 61 7f 80 1e" + "62".repeat(3967), "a: " + "b".repeat(3967));
        List<String> values = new ArrayList<>();
        byte[] bomb = new byte[100_000];
        Arrays.fill(bomb, (byte) 0xBE);
        assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(bomb), (name, value) -> values.add(value)))
                .isInstanceOfSatisfying(
                        HpackException.class, e -> assertThat(e.kind()).isEqualTo(HpackException.Kind.TOO_LARGE));
        assertThat(values).hasSize(1024 * 1024 / 4000);
        assertThat(values).allMatch(value -> value == values.getFirst());
    }

    @Test
    void allOctetsOfNamesAndValuesAreKeptOneToOne() throws HpackException {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            all.append(c);
        }
        ByteBuffer block = ByteBuffer.allocate(600);
        for (byte begin : new byte[] {0, 0x7F, (byte) 0x81, 1, 0x7F, (byte) 0x81, 1}) {
            block.put(begin);
            if (begin == 1) {
                block.put(all.toString().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(Blocks.decode(decoder, block.flip())).containsExactly(all + ": " + all);
    }

    @Test
    void emptyNamesAndValuesAreDelivered() throws HpackException {
        decodes("00 00 00", ": ");
        decodes("00 80 80", ": ");
        decodes("40 00 00 be", ": ", ": ");
    }

    @Test
    void namesInUpperCaseAreDeliveredAsTheyAre() throws HpackException {
        decodes("00 0c 43 6f 6e 74 65 6e 74 2d 54 79 70 65 01 61", "Content-Type: a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"content-type", "x-request-id", "te", "traceparent", "grpc-status", "x-forwarded-for", ":path"})
    void aWellKnownNameIsOneInstanceHoweverItComes(String name) throws HpackException {
        BlockBuffer plain = new BlockBuffer();
        plain.put(0x40);
        plain.string(name, Integer.MAX_VALUE);
        plain.string("v", Integer.MAX_VALUE);
        plain.put(0);
        plain.string(name, HuffmanEncoder.length(name));
        plain.string("v", Integer.MAX_VALUE);
        plain.put(0xBE);
        List<String> names = new ArrayList<>();
        decoder.decode(plain.written(), (found, _) -> names.add(found));
        assertThat(names).hasSize(3).allMatch(found -> found == name.intern());
    }

    @Test
    void aValueOfATableIsTheInstanceThatIsStored() throws HpackException {
        List<String> values = new ArrayList<>();
        decoder.decode(Blocks.hex("40 01 61 02 62 62 be be 82"), (_, value) -> values.add(value));
        assertThat(values.get(1)).isSameAs(values.get(0));
        assertThat(values.get(2)).isSameAs(values.get(0));
        assertThat(values.get(3)).isSameAs("GET");
    }

    @Test
    void theBlockIsReadToItsEndWhereverItLies() throws HpackException {
        ByteBuffer within = ByteBuffer.wrap(new byte[] {0x20, (byte) 0x82, (byte) 0x84, 0x20}, 1, 2);
        assertThat(Blocks.decode(decoder, within)).containsExactly(":method: GET", ":path: /");
        assertThat(within.remaining()).isZero();
        ByteBuffer slice = ByteBuffer.wrap(new byte[] {0x20, (byte) 0x82, (byte) 0x84, 0x20})
                .slice(1, 2);
        assertThat(Blocks.decode(decoder, slice)).containsExactly(":method: GET", ":path: /");
        ByteBuffer direct =
                ByteBuffer.allocateDirect(2).put((byte) 0x82).put((byte) 0x84).flip();
        assertThat(Blocks.decode(decoder, direct)).containsExactly(":method: GET", ":path: /");
        assertThat(direct.remaining()).isZero();
        assertThat(Blocks.decode(decoder, slice.rewind().asReadOnlyBuffer()))
                .containsExactly(":method: GET", ":path: /");
    }

    @Test
    void anErrorHasNoStackTrace() {
        assertThatThrownBy(() -> Blocks.decode(decoder, Blocks.hex("80")))
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
    }

    private void decodes(String block, String... fields) throws HpackException {
        assertThat(Blocks.decode(decoder, Blocks.hex(block))).containsExactly(fields);
    }

    private void refuses(String block, String message) {
        assertThatThrownBy(() -> Blocks.decode(decoder, Blocks.hex(block)))
                .isInstanceOfSatisfying(
                        HpackException.class, e -> assertThat(e.kind()).isEqualTo(HpackException.Kind.COMPRESSION))
                .hasMessageContaining(message);
    }

    private static void tooLarge(HpackDecoder decoder, String block) {
        assertThatThrownBy(() -> Blocks.decode(decoder, Blocks.hex(block)))
                .isInstanceOfSatisfying(
                        HpackException.class, e -> assertThat(e.kind()).isEqualTo(HpackException.Kind.TOO_LARGE));
    }
}
