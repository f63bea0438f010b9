package dev.attache.listeners.ends;

import dev.attache.core.fixtures.frames.Field;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A message and its answer on a connection of HTTP/1.1. */
final class Http1Play implements Play {

    private final Http1Wire wire;
    private final int number;
    private final boolean client;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private String start = "";
    private List<Field> fields = List.of();
    private List<Field> trailers = List.of();
    private OptionalLong length = OptionalLong.empty();
    private boolean chunked;
    private boolean ends;
    private boolean written;
    private boolean spoilt;

    /** The message of that number on its connection, from 0. */
    Http1Play(Http1Wire wire, int number, boolean client) {
        this.wire = wire;
        this.number = number;
        this.client = client;
    }

    @Override
    public void halfAHead() {
        spoilt = true;
        put(client ? "GET / HTTP/1.1\r\nho" : "HTTP/1.1 200 OK\r\ncontent-le");
    }

    private void put(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void head(String start, OptionalLong length, boolean end, boolean continued, String... namesAndValues) {
        this.start = start;
        this.length = end ? OptionalLong.of(0) : length;
        put(client ? "POST " + start + " HTTP/1.1\r\nhost: service.test\r\n" : "HTTP/1.1 " + start + " OK\r\n");
        List<Field> all = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
        }
        this.length.ifPresent(octets -> all.add(new Field("content-length", Long.toString(octets))));
        fields = all;
        all.forEach(field -> put(field + "\r\n"));
        chunked = this.length.isEmpty();
        put(chunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n");
        ends |= end;
    }

    @Override
    public void interim() {
        put("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
    }

    @Override
    public void data(byte[] part, boolean end) {
        octets.writeBytes(part);
        if (chunked && part.length > 0) {
            put(Integer.toHexString(part.length) + "\r\n");
        }
        out.writeBytes(part);
        if (chunked) {
            put((part.length > 0 ? "\r\n" : "") + (end ? "0\r\n\r\n" : ""));
        }
        ends |= end;
    }

    @Override
    public void trailers(String... namesAndValues) {
        List<Field> all = new ArrayList<>();
        put("0\r\n");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
            put(namesAndValues[i] + ": " + namesAndValues[i + 1] + "\r\n");
        }
        put("\r\n");
        trailers = all;
        ends = true;
    }

    @Override
    public boolean fault(Fault fault) throws IOException {
        switch (fault) {
            case HALF_CLOSE -> {
                flush();
                wire.socket.shutdownOutput();
            }
            case CLOSE -> {
                flush();
                wire.socket.close();
            }
            case TCP_RESET -> {
                flush();
                wire.socket.setSoLinger(true, 0);
                wire.socket.close();
            }
            case MALFORMED -> {
                if (ends) {
                    return false;
                }
                spoilt = true;
                put(start.isEmpty() ? "what is\r\n\r\nthis" : chunked ? "zz\r\n" : "");
                if (!start.isEmpty() && !chunked) {
                    return false;
                }
            }
            case SHORT -> {
                if (ends) {
                    return false;
                }
                spoilt = true;
                flush();
                wire.socket.shutdownOutput();
            }
            case SILENCE -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public void flush() throws IOException {
        byte[] all = out.toByteArray();
        out.reset();
        if (all.length > 0) {
            wire.socket.getOutputStream().write(all);
        }
        written |= ends;
    }

    @Override
    public void openWindow() {}

    @Override
    public Message sent() {
        return new Message(start, fields, octets.toByteArray(), trailers, written && !spoilt, false);
    }

    @Override
    public Message seen() {
        boolean closed = wire.closed();
        List<Message> messages = wire.messages();
        if (number < messages.size()) {
            return messages.get(number);
        }
        return new Message("", List.of(), new byte[0], List.of(), false, closed);
    }

    @Override
    public boolean gone() {
        return wire.closed();
    }

    @Override
    public boolean over() {
        return wire.closed() || (ends && seen().complete());
    }
}
