package dev.attache.core.stats;

import com.codahale.metrics.Snapshot;
import com.codahale.metrics.UniformReservoir;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** One of our histograms as the metrics library's reporters see it, in milliseconds; it takes no values itself. */
final class PublishedHistogram extends com.codahale.metrics.Histogram {

    private final Histogram source;

    PublishedHistogram(Histogram source) {
        super(new UniformReservoir(1));
        this.source = source;
    }

    @Override
    public void update(long value) {
        throw new UnsupportedOperationException(
                "values are recorded in " + source.name().full());
    }

    @Override
    public long getCount() {
        return source.count();
    }

    @Override
    public Snapshot getSnapshot() {
        return new View(source.snapshot());
    }

    private static final class View extends Snapshot {
        private final HistogramSnapshot snapshot;

        private View(HistogramSnapshot snapshot) {
            this.snapshot = snapshot;
        }

        @Override
        public double getValue(double quantile) {
            return snapshot.quantile(quantile);
        }

        /** Single values are not kept. */
        @Override
        public long[] getValues() {
            return new long[0];
        }

        @Override
        public int size() {
            return (int) Math.min(Integer.MAX_VALUE, snapshot.count());
        }

        @Override
        public long getMax() {
            return (long) Math.ceil(snapshot.maxMillis());
        }

        @Override
        public double getMean() {
            return snapshot.meanMillis();
        }

        @Override
        public long getMin() {
            return (long) snapshot.quantile(0);
        }

        /** From the middles of the buckets. */
        @Override
        public double getStdDev() {
            double mean = snapshot.meanMillis();
            double squares = 0;
            for (int i = 0; i < snapshot.buckets(); i++) {
                double from = i == 0 ? 0 : snapshot.bound(i - 1);
                double middle = (from + Math.min(snapshot.bound(i), Math.max(from, snapshot.maxMillis()))) / 2;
                squares += snapshot.count(i) * (middle - mean) * (middle - mean);
            }
            return snapshot.count() == 0 ? 0 : Math.sqrt(squares / snapshot.count());
        }

        /** Writes upper bound and count of each bucket. */
        @Override
        public void dump(OutputStream output) {
            PrintWriter out = new PrintWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8));
            for (int i = 0; i < snapshot.buckets(); i++) {
                out.println(snapshot.bound(i) + " " + snapshot.count(i));
            }
            out.flush();
        }
    }
}
