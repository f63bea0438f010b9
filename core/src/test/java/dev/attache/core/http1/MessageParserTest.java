package dev.attache.core.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.attache.core.http1.MessageParser.Framing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageParserTest {

    private static final MessageParser.Limits LIMITS = new MessageParser.Limits(8192, 3, false, true, false);
    private static final String HEAD =
            "POST /a?b HTTP/1.1\r\nHOST: h\r\nX-Own: \t a b \t\r\nEmpty:\r\ncontent-type: text/plain\r\n\r\n";

    /** A head as lines of text. */
    private static final class Lines implements MessageParser.Head {
        final List<String> lines = new ArrayList<>();

        @Override
        public void firstLine(byte[] bytes, int from, int to) {
            lines.add(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void field(HttpField field) {
            lines.add(field.getName() + "=" + field.getValue());
        }
    }

    private static void feed(MessageParser parser, String text) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            ByteBuffer room = parser.room();
            int n = Math.min(room.remaining(), bytes.remaining());
            room.put(bytes.slice(bytes.position(), n));
            bytes.position(bytes.position() + n);
            parser.filled();
        }
    }

    private static String takeAll(MessageParser parser) throws MalformedMessageException {
        StringBuilder body = new StringBuilder();
        for (ByteBuffer part = parser.takePart(); part != null; part = parser.takePart()) {
            body.append(StandardCharsets.ISO_8859_1.decode(part));
        }
        return body.toString();
    }

    @RepeatedTest(50)
    void readsTheSameHoweverItArrives(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        String chunks = "5;x=\"y\"\r\nhello\r\n1\r\n \r\n5 ;z\r\nworld\r\n0\r\nX-T: 1\r\n\r\n";
        String message = "\r\n" + HEAD + chunks;
        MessageParser parser = new MessageParser(LIMITS, 16);
        for (int round = 0; round < 3; round++) {
            parser.begin();
            Lines head = new Lines();
            StringBuilder body = new StringBuilder();
            boolean inBody = false;
            for (int at = 0; at < message.length(); ) {
                int n = Math.min(message.length() - at, 1 + random.nextInt(20));
                feed(parser, message.substring(at, at + n));
                at += n;
                if (!inBody && parser.parseHead(head)) {
                    inBody = true;
                    parser.body(Framing.CHUNKED, -1);
                }
                if (inBody) {
                    body.append(takeAll(parser));
                }
            }
            assertThat(head.lines)
                    .containsExactly("POST /a?b HTTP/1.1", "Host=h", "X-Own=a b", "Empty=", "Content-Type=text/plain");
            assertThat(body).hasToString("hello world");
            assertThat(parser.complete()).isTrue();
            assertThat(parser.trailers().get("x-t")).isEqualTo("1");
            assertThat(parser.hasBytes()).isFalse();
        }
    }

    @Test
    void lendsABodyOfALengthAndKeepsWhatComesBehindIt() throws Exception {
        MessageParser parser = new MessageParser(LIMITS, 1024);
        parser.begin();
        feed(parser, HEAD + "helloGET");
        assertThat(parser.parseHead(new Lines())).isTrue();
        parser.body(Framing.LENGTH, 5);
        assertThat(takeAll(parser)).isEqualTo("hello");
        assertThat(parser.complete()).isTrue();
        assertThat(parser.hasBytes()).isTrue();
        assertThat(parser.peek(0)).isEqualTo('G');
        assertThat(parser.peek(3)).isEqualTo(-1);
    }

    @Test
    void keepsTheCaseOfNamesWhereAsked() throws Exception {
        MessageParser parser = new MessageParser(new MessageParser.Limits(8192, 3, true, true, false), 1024);
        Lines head = new Lines();
        parser.begin();
        feed(parser, "GET / HTTP/1.1\r\nHOST: h\r\ncOOKIE: a\r\n\r\n");
        assertThat(parser.parseHead(head)).isTrue();
        assertThat(head.lines).containsExactly("GET / HTTP/1.1", "HOST=h", "cOOKIE=a");
    }

    @Test
    void findsEveryKnownNameInAnyCase() throws Exception {
        for (HttpHeader header : HttpHeader.values()) {
            if (header.isPseudo()) {
                continue;
            }
            for (String name : List.of(header.asString(), header.asString().toUpperCase(Locale.ROOT))) {
                byte[] bytes = ("x" + name).getBytes(StandardCharsets.US_ASCII);
                assertThat(FieldNames.find(bytes, 1, name.length())).as(name).isEqualTo(header);
            }
        }
        assertThat(FieldNames.find(new byte[] {'h', 'o', 's', 'x'}, 0, 4)).isNull();
        assertThat(FieldNames.find(new byte[] {'x', 'M', 'y'}, 0, 3)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\nHost: h\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
                "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
                "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n",
                "GET / HTTP/1.1\r\nX: a\u007fb\r\n\r\n",
                "GET / HTTP/1.1\r\nX(y): a\r\n\r\n",
                "GET / HTTP/1.1\r\n: a\r\n\r\n",
                "GET / HTTP/1.1\r\nX\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: h\r\n\n"
            })
    void refusesAHeadThatOthersCouldReadDifferently(String head) {
        MessageParser parser = new MessageParser(LIMITS, 1024);
        parser.begin();
        feed(parser, head);
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> parser.parseHead(new Lines()))
                .extracting(MalformedMessageException::status)
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "x\r\n",
                "-5\r\nhello",
                "+5\r\nhello",
                "0x5\r\nhello",
                "5 \r\nhello",
                "5 x\r\nhello",
                "5,5\r\nhello",
                " 5\r\nhello",
                "5\nhello",
                "5\r\nhelloX",
                "5\r\nhello\n",
                "5;a\rb\r\nhello",
                "5;a\nhello",
                "5;\0\r\nhello",
                "1000000000000000\r\n",
                "0\r\nbad name: 1\r\n\r\n",
                "0\r\n\n",
                "0\r\na: 1\r\nb: 1\r\nc: 1\r\nd: 1\r\n\r\n"
            })
    void refusesChunksThatAreNotWhatTheySay(String chunks) throws Exception {
        MessageParser parser = new MessageParser(LIMITS, 1024);
        parser.begin();
        feed(parser, HEAD + chunks);
        assertThat(parser.parseHead(new Lines())).isTrue();
        parser.body(Framing.CHUNKED, -1);
        assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> takeAll(parser));
    }

    @Test
    void limitsALineThatDoesNotEndAndAHeadThatDoesNot() {
        MessageParser target = new MessageParser(LIMITS, 1024);
        target.begin();
        feed(target, "GET /" + "a".repeat(9000));
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> target.parseHead(new Lines()))
                .extracting(MalformedMessageException::status)
                .isEqualTo(414);
        MessageParser fields = new MessageParser(LIMITS, 1024);
        fields.begin();
        feed(fields, "GET / HTTP/1.1\r\n" + "x: y\r\n".repeat(2000));
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> fields.parseHead(new Lines()))
                .extracting(MalformedMessageException::status)
                .isEqualTo(431);
    }
}
