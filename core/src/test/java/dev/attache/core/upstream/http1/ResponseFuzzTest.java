package dev.attache.core.upstream.http1;

import static org.assertj.core.api.Assertions.fail;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.http.HopByHop;
import dev.attache.core.http1.HeadBytes;
import dev.attache.core.http1.IllegalHeadException;
import dev.attache.core.http1.MalformedMessageException;
import dev.attache.core.http1.MessageParser;
import dev.attache.core.http1.MessageParser.Framing;
import dev.attache.core.http1.Mutations;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever an upstream sends is a response or is refused as none; nothing else comes of it. */
class ResponseFuzzTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final List<String> RESPONSES = List.of(
            OK + "Content-Length: 5\r\nX-A: b\r\n\r\nhello",
            OK + "Transfer-Encoding: chunked\r\nTrailer: x-t\r\n\r\n5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\nx-t: v\r\n\r\n",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive, x-a\r\nX-A: b\r\n\r\nuntil the end",
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + "Content-Length: 0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes",
            OK.replace("\r\n", "\n") + "Content-Length: 2\nSet-Cookie: a=\"b\"\n\nok");

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingButARefusalComesOfWhatIsNoResponse(boolean bareLf) {
        Mutations mutations = new Mutations(Mutations.SEED, RESPONSES);
        for (int i = 0; i < Mutations.ROUNDS; i++) {
            byte[] message = mutations.next();
            try {
                read(mutations, message, bareLf);
            } catch (MalformedMessageException refused) {
                // As it should be.
            } catch (Exception | LinkageError | AssertionError | StackOverflowError bug) {
                fail("round " + i + ": " + Mutations.quoted(message), bug);
            }
        }
    }

    private static void read(Mutations mutations, byte[] message, boolean bareLf)
            throws MalformedMessageException, IllegalHeadException {
        MessageParser parser = new MessageParser(new MessageParser.Limits(4096, 20, false, false, bareLf), 1024);
        int at = 0;
        while (at < message.length) {
            parser.begin();
            ResponseHead head = new ResponseHead(20, true);
            while (!parser.parseHead(head)) {
                if (at == message.length) {
                    return;
                }
                at = mutations.feed(parser, message, at);
            }
            head.complete();
            if (head.violation() != null) {
                return;
            }
            forward(head);
            boolean none = head.status() < 200 || head.status() == 204 || head.status() == 304;
            Framing framing = none
                    ? Framing.NONE
                    : head.chunked()
                            ? Framing.CHUNKED
                            : head.contentLength() >= 0 ? Framing.LENGTH : Framing.UNTIL_CLOSE;
            parser.body(framing, head.contentLength());
            while (!parser.complete()) {
                if (parser.takePart() == null && !parser.complete()) {
                    if (at == message.length) {
                        return;
                    }
                    at = mutations.feed(parser, message, at);
                }
            }
            parser.trailers().forEach(Trailers::mayBeForwarded);
        }
    }

    /** What was taken can be written. */
    private static void forward(ResponseHead head) throws IllegalHeadException {
        head.switchesTo("websocket");
        head.persistent();
        HeadBytes out = new HeadBytes(HeaderCase.LOWER, new byte[64]);
        for (HttpField field : HopByHop.response(head.fields(), true)) {
            out.field(field);
        }
    }
}
