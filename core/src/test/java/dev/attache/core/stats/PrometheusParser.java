package dev.attache.core.stats;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A strict reader of Prometheus' text format 0.0.4, as a scraper would be that forgives nothing. */
final class PrometheusParser {

    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)");
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{(.*)\\} (-?[0-9]+(?:\\.[0-9]+)?|\\+Inf|NaN)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

    record Sample(String name, Map<String, String> labels, double value) {}

    record Family(String type, List<Sample> samples) {}

    private PrometheusParser() {}

    static Map<String, Family> parse(String text) {
        if (!text.isEmpty() && !text.endsWith("\n")) {
            throw new AssertionError("no line feed at the end");
        }
        Map<String, Family> families = new LinkedHashMap<>();
        Set<String> series = new HashSet<>();
        String current = "";
        for (String line : text.lines().toList()) {
            Matcher type = TYPE.matcher(line);
            if (type.matches()) {
                current = type.group(1);
                if (families.put(current, new Family(type.group(2), new ArrayList<>())) != null) {
                    throw new AssertionError("family twice: " + line);
                }
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                throw new AssertionError("not a sample: " + line);
            }
            Family family = families.get(current);
            String suffix = sample.group(1)
                    .substring(Math.min(current.length(), sample.group(1).length()));
            boolean fits = family.type.equals("histogram")
                    ? Set.of("_bucket", "_sum", "_count").contains(suffix)
                    : suffix.isEmpty();
            if (!sample.group(1).startsWith(current) || !fits) {
                throw new AssertionError("not of family " + current + ": " + line);
            }
            if (!series.add(sample.group(1) + sample.group(2))) {
                throw new AssertionError("series twice: " + line);
            }
            double value =
                    sample.group(3).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(sample.group(3));
            family.samples.add(new Sample(sample.group(1), labels(sample.group(2)), value));
        }
        families.forEach(PrometheusParser::check);
        return families;
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (!label.find(end) || label.start() != end) {
                throw new AssertionError("not a label: " + text.substring(end));
            }
            String value =
                    label.group(2).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
            if (labels.put(label.group(1), value) != null) {
                throw new AssertionError("label twice: " + text);
            }
            end = label.end();
        }
        return labels;
    }

    /** Buckets are cumulative, end with +Inf, and that is the count. */
    private static void check(String name, Family family) {
        if (family.samples.isEmpty()) {
            throw new AssertionError("family without samples: " + name);
        }
        if (!family.type.equals("histogram")) {
            return;
        }
        double before = 0;
        double bound = Double.NEGATIVE_INFINITY;
        for (Sample sample : family.samples) {
            if (sample.name.endsWith("_bucket")) {
                String le = sample.labels.get("le");
                double next = le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
                if (next <= bound || sample.value < before) {
                    throw new AssertionError("not ascending: " + sample);
                }
                bound = next;
                before = sample.value;
            } else if (sample.name.endsWith("_count")) {
                if (bound != Double.POSITIVE_INFINITY || sample.value != before) {
                    throw new AssertionError("count is not that of +Inf: " + sample);
                }
                bound = Double.NEGATIVE_INFINITY;
                before = 0;
            }
        }
    }
}
