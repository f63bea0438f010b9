package dev.attache.benchmarks.sidebyside;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A proxy that can be compared: how it is run. */
interface Peer {

    /** As it is named on the command line and in the tables. */
    String name();

    /** What is missing on this machine to run it. */
    Optional<String> missing();

    /** Whether we know how it is made to speak this with its clients. */
    default boolean speaks(Front front) {
        return front == Front.HTTP;
    }

    /** How it is run at a place. */
    Launch launch(Site site);

    /** Whether it runs on a JVM, whose heap can be looked into. */
    boolean onJvm();

    /**
     * Where a proxy is to run.
     *
     * @param directory    of its own, empty
     * @param port         to serve on, on 127.0.0.1
     * @param front        what to speak there
     * @param upstreamPort where the upstream serves
     * @param jvm          command and flags of a JVM
     * @param certificate  for TLS
     */
    record Site(Path directory, int port, Front front, int upstreamPort, List<String> jvm, Certificate certificate) {

        String file(String name) {
            return directory.resolve(name).toString();
        }

        /** A configuration in which ports and files are written like {@code @PORT@}. */
        String fill(String config) {
            return config.replace("@PORT@", Integer.toString(port))
                    .replace("@UPSTREAM@", Integer.toString(upstreamPort))
                    .replace("@CERTIFICATE@", certificate.chain().toString())
                    .replace("@KEY@", certificate.key().toString())
                    .replace("@PAIR@", certificate.pair().toString());
        }
    }

    /**
     * A command line and the files that it needs.
     *
     * @param files   text by name, to be written into the directory of the site
     * @param command program and arguments; it stays in the foreground
     */
    record Launch(Map<String, String> files, List<String> command) {}
}
