package dev.attache.listeners.ends;

import dev.attache.core.fixtures.frames.Field;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connection of HTTP/1.1 that records all that comes, and reads messages out of the record. */
final class Http1Wire {

    final Socket socket;
    private final boolean client;
    private final ByteArrayOutputStream record = new ByteArrayOutputStream();
    private boolean closed;

    Http1Wire(Socket socket, boolean client) throws IOException {
        this.socket = socket;
        this.client = client;
        socket.setTcpNoDelay(true);
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try {
            InputStream in = socket.getInputStream();
            byte[] part = new byte[16_384];
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                synchronized (this) {
                    record.write(part, 0, count);
                }
            }
        } catch (IOException end) {
            // Closed by either side, with or without a reset.
        }
        synchronized (this) {
            closed = true;
        }
    }

    synchronized boolean closed() {
        return closed;
    }

    /** All messages that have come, informational heads left out; the last may be unfinished. */
    synchronized List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        Reading reading = new Reading(record.toString(StandardCharsets.ISO_8859_1));
        while (reading.at < reading.text.length()) {
            Message message = reading.next();
            if (!client || !message.start().startsWith("1")) {
                messages.add(message);
            }
            if (!message.complete()) {
                break;
            }
        }
        return messages;
    }

    private final class Reading {
        private final String text;
        private int at;

        Reading(String text) {
            this.text = text;
        }

        Message next() {
            int end = text.indexOf("\r\n\r\n", at);
            if (end < 0) {
                return new Message("", List.of(), new byte[0], List.of(), false, closed);
            }
            String[] lines = text.substring(at, end).split("\r\n");
            at = end + 4;
            List<Field> fields = fields(lines, 1);
            String start = lines[0].split(" ")[1];
            if (Message.value(fields, "transfer-encoding").equals("chunked")) {
                return chunked(start, fields);
            }
            String length = Message.value(fields, "content-length");
            boolean none = client && (start.startsWith("1") || start.equals("204") || start.equals("304"));
            if (length.isEmpty() && client && !none) {
                byte[] rest = octets(at, text.length());
                at = text.length();
                return new Message(start, fields, rest, List.of(), closed, false);
            }
            int size = length.isEmpty() || none ? 0 : Integer.parseInt(length);
            boolean complete = at + size <= text.length();
            byte[] content = octets(at, Math.min(text.length(), at + size));
            at += size;
            return new Message(start, fields, content, List.of(), complete, !complete && closed);
        }

        private Message chunked(String start, List<Field> fields) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            while (true) {
                int end = text.indexOf("\r\n", at);
                if (end < 0) {
                    break;
                }
                int size = Integer.parseInt(text.substring(at, end).split(";")[0], 16);
                at = end + 2;
                if (size == 0) {
                    int last = text.startsWith("\r\n", at) ? at : text.indexOf("\r\n\r\n", at);
                    if (last < 0) {
                        break;
                    }
                    String[] lines = text.substring(at, last).split("\r\n");
                    at = last == at ? at + 2 : last + 4;
                    return new Message(start, fields, content.toByteArray(), fields(lines, 0), true, false);
                }
                content.writeBytes(octets(at, Math.min(text.length(), at + size)));
                if (at + size + 2 > text.length()) {
                    break;
                }
                at += size + 2;
            }
            at = text.length();
            return new Message(start, fields, content.toByteArray(), List.of(), false, closed);
        }

        private byte[] octets(int from, int to) {
            return text.substring(from, to).getBytes(StandardCharsets.ISO_8859_1);
        }

        private static List<Field> fields(String[] lines, int from) {
            List<Field> fields = new ArrayList<>();
            for (int i = from; i < lines.length; i++) {
                int colon = lines[i].indexOf(':');
                if (colon > 0) {
                    fields.add(new Field(
                            lines[i].substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                            lines[i].substring(colon + 1).trim()));
                }
            }
            return fields;
        }
    }
}
