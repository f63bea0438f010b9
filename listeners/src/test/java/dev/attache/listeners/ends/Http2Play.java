package dev.attache.listeners.ends;

import dev.attache.core.fixtures.frames.Field;
import dev.attache.core.fixtures.frames.Frame;
import dev.attache.core.fixtures.frames.FramePeer;
import dev.attache.core.fixtures.frames.Hpack;
import dev.attache.core.fixtures.frames.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntSupplier;

/** A stream of HTTP/2. */
final class Http2Play implements Play {

    private static final int PIECE = 16_384;

    private final FramePeer peer;
    private final IntSupplier number;
    private final boolean client;
    private final List<Frame> frames = new ArrayList<>();
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private int stream;
    private String start = "";
    private List<Field> fields = List.of();
    private List<Field> trailers = List.of();
    private OptionalLong length = OptionalLong.empty();
    private boolean ends;
    private boolean written;
    private boolean spoilt;
    private boolean reset;

    /** A stream whose number is asked for when its head is written: a client's numbers must not fall. */
    private Http2Play(FramePeer peer, IntSupplier number, boolean client) {
        this.peer = peer;
        this.number = number;
        this.client = client;
    }

    static Http2Play ofClient(FramePeer peer, IntSupplier number) {
        return new Http2Play(peer, number, true);
    }

    static Http2Play ofUpstream(FramePeer peer, int stream) {
        Http2Play play = new Http2Play(peer, () -> stream, false);
        play.stream = stream;
        return play;
    }

    private int stream() {
        if (stream == 0) {
            stream = number.getAsInt();
        }
        return stream;
    }

    @Override
    public void head(String start, OptionalLong length, boolean end, boolean continued, String... namesAndValues) {
        this.start = start;
        this.length = length;
        List<String> all =
                new ArrayList<>(client ? List.of(FramePeer.request("POST", start)) : List.of(":status", start));
        all.addAll(List.of(namesAndValues));
        length.ifPresent(octets -> all.addAll(List.of("content-length", Long.toString(octets))));
        fields = fields(all);
        byte[] block = Hpack.encode(all.toArray(String[]::new));
        frames.addAll(Frame.continued(stream(), end, block, continued ? 3 : 1));
        ends |= end;
    }

    private static List<Field> fields(List<String> namesAndValues) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            fields.add(new Field(namesAndValues.get(i), namesAndValues.get(i + 1)));
        }
        return fields;
    }

    @Override
    public void interim() {
        frames.add(Frame.head(stream(), false, ":status", "103", "link", "</a>"));
    }

    @Override
    public void data(byte[] part, boolean end) {
        octets.writeBytes(part);
        for (int from = 0; from == 0 || from < part.length; from += PIECE) {
            int to = Math.min(part.length, from + PIECE);
            frames.add(Frame.data(stream(), java.util.Arrays.copyOfRange(part, from, to), end && to == part.length));
        }
        ends |= end;
    }

    @Override
    public void trailers(String... namesAndValues) {
        trailers = fields(List.of(namesAndValues));
        frames.add(Frame.head(stream(), true, namesAndValues));
        ends = true;
    }

    @Override
    public boolean fault(Fault fault) throws IOException {
        if (client && start.isEmpty() && !mayBeFirst(fault)) {
            return false;
        }
        switch (fault) {
            case RST_NO_ERROR -> reset(Frame.NO_ERROR);
            case RST_PROTOCOL_ERROR -> reset(Frame.PROTOCOL_ERROR);
            case RST_INTERNAL_ERROR -> reset(Frame.INTERNAL_ERROR);
            case RST_REFUSED_STREAM -> reset(Frame.REFUSED_STREAM);
            case RST_CANCEL -> reset(Frame.CANCEL);
            case GOAWAY_GRACEFUL -> frames.add(Frame.goAway(client ? 0 : Integer.MAX_VALUE, Frame.NO_ERROR));
            case GOAWAY_BEHIND -> frames.add(Frame.goAway(client ? 0 : last(), Frame.NO_ERROR));
            case GOAWAY_BEFORE -> {
                if (client) {
                    return false;
                }
                frames.add(Frame.goAway(Math.max(0, stream - 2), Frame.NO_ERROR));
                reset = true;
            }
            case GOAWAY_ERROR -> {
                frames.add(Frame.goAway(client ? 0 : stream, Frame.INTERNAL_ERROR));
                flush();
                peer.shutdownOutput();
            }
            case OVERFLOW -> {
                // One of them may be just what a window of nothing can take.
                frames.add(Frame.windowUpdate(stream(), Integer.MAX_VALUE));
                frames.add(Frame.windowUpdate(stream(), Integer.MAX_VALUE));
            }
            case ZERO_INCREMENT -> frames.add(Frame.windowUpdate(stream(), 0));
            case DATA_AFTER_END -> {
                if (!ends) {
                    return false;
                }
                frames.add(Frame.data(stream(), "late", false));
            }
            case BEYOND_WINDOW -> {
                if (ends || start.isEmpty()) {
                    return false;
                }
                spoilt = true;
                for (int i = 0; i < 100; i++) {
                    frames.add(Frame.data(stream(), new byte[PIECE], false));
                }
            }
            case MALFORMED -> {
                if (ends) {
                    return false;
                }
                spoilt = true;
                ends = true;
                frames.add(Frame.head(stream(), true, "Upper", "case", ":method", "GET"));
            }
            case SHORT, LONG -> {
                if (ends || length.isEmpty() || start.isEmpty()) {
                    return false;
                }
                if (fault == Fault.SHORT && octets.size() >= length.getAsLong()) {
                    return false;
                }
                spoilt = true;
                ends = true;
                int more = (int) Math.max(1, length.getAsLong() - octets.size() + 1);
                frames.add(Frame.data(stream(), new byte[fault == Fault.SHORT ? 0 : more], true));
            }
            case SILENCE -> {}
            case HALF_CLOSE -> {
                flush();
                peer.shutdownOutput();
            }
            case CLOSE -> {
                flush();
                peer.close();
            }
            case TCP_RESET -> {
                flush();
                peer.abort();
            }
        }
        return true;
    }

    /** Whether a client may do so before its stream is there, without an error of the connection. */
    private static boolean mayBeFirst(Fault fault) {
        return switch (fault) {
            case HALF_CLOSE, CLOSE, TCP_RESET, MALFORMED, GOAWAY_GRACEFUL, GOAWAY_BEHIND, GOAWAY_BEFORE -> true;
            default -> false;
        };
    }

    @Override
    public void halfAHead() {
        spoilt = true;
        frames.add(Frame.continued(
                        stream(), false, Hpack.encode(client ? FramePeer.get("/") : new String[] {":status", "200"}), 2)
                .getFirst());
    }

    private int last() {
        List<Integer> heads = peer.heads();
        return heads.isEmpty() ? 0 : heads.getLast();
    }

    private void reset(int code) {
        frames.add(Frame.reset(stream(), code));
        reset = true;
    }

    @Override
    public void flush() throws IOException {
        List<Frame> all = List.copyOf(frames);
        frames.clear();
        if (!all.isEmpty()) {
            peer.send(all);
        }
        written |= ends;
    }

    @Override
    public void openWindow() {
        if (client && start.isEmpty()) {
            return;
        }
        frames.add(Frame.windowUpdate(stream(), 1 << 20));
        frames.add(Frame.windowUpdate(0, 1 << 20));
    }

    @Override
    public Message sent() {
        return new Message(start, fields, octets.toByteArray(), trailers, written && !spoilt, false);
    }

    @Override
    public Message seen() {
        // The order counts: what comes between both belongs to a connection that had not ended.
        boolean closed = peer.closed();
        Stream seen = peer.seen(stream);
        return new Message(
                seen.field(client ? ":status" : ":path"),
                seen.head(),
                seen.octets(),
                seen.trailers(),
                seen.ended(),
                !seen.ended() && (seen.wasReset() || closed));
    }

    @Override
    public boolean gone() {
        return reset || peer.seen(stream).wasReset() || peer.closed();
    }

    @Override
    public boolean over() {
        Stream seen = peer.seen(stream);
        boolean left = !client && peer.leftBehind(stream);
        return peer.closed() || reset || left || seen.wasReset() || (seen.ended() && ends);
    }
}
