package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;

/** One thing that is asked of proxies. */
interface Case {

    /** Measures it, and gives its tables; a case that cannot be run here gives one that says so. */
    List<Section> run(Stage stage) throws IOException, InterruptedException;
}
