package dev.attache.core.format;

import dev.attache.core.format.Segments.Segment;
import dev.attache.core.http.Exchange;
import java.util.List;

/** Literals and values one after the other. */
final class TextFormat implements Format {

    private final Segment[] segments;
    private final String absent;
    private final boolean visibleControls;

    TextFormat(List<Segment> segments, String absent, boolean visibleControls) {
        this.segments = segments.toArray(Segment[]::new);
        this.absent = absent;
        this.visibleControls = visibleControls;
    }

    @Override
    public void append(StringBuilder out, Exchange exchange) {
        for (Segment segment : segments) {
            switch (segment) {
                case Segment.Literal(String text) -> out.append(text);
                case Segment.Value(Operator operator) -> {
                    int start = out.length();
                    if (!operator.append(out, exchange)) {
                        out.append(absent);
                    } else if (visibleControls) {
                        Escapes.controls(out, start);
                    }
                }
            }
        }
    }

    @Override
    public boolean constant() {
        return segments.length == 0 || (segments.length == 1 && segments[0] instanceof Segment.Literal);
    }
}
