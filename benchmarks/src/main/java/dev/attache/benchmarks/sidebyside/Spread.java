package dev.attache.benchmarks.sidebyside;

import java.util.Collection;
import java.util.Locale;

/** The median of several turns, and the smallest and largest of them. */
record Spread(double median, double min, double max) {

    /**
     * @throws IllegalArgumentException where there are no values
     */
    static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** The median, and in brackets the others where they differ. */
    String text(int decimals) {
        String middle = number(median, decimals);
        return min == max ? middle : middle + " (" + number(min, decimals) + ".." + number(max, decimals) + ")";
    }

    private static String number(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
