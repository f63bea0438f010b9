package dev.attache.benchmarks.sidebyside;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks for.
 *
 * @param peers           names of proxies, in the order of their turns
 * @param cases           names of cases
 * @param rounds          turns of each peer in each case that count
 * @param discarded       turns before those that do not
 * @param seconds         length of a turn
 * @param warmUp          seconds of load on each peer after its start
 * @param idleConnections connections of the idle case
 * @param attache         the standalone jar
 * @param baseline        another standalone jar, to be measured as the peer {@code baseline}
 * @param aot             ahead-of-time cache of the standalone jar; used by the start case if it exists
 * @param bootstrap       what the start case starts with; empty for one listener and one cluster
 * @param out             where the report is written as well
 */
record Options(
        List<String> peers,
        List<String> cases,
        int rounds,
        int discarded,
        int seconds,
        int warmUp,
        int idleConnections,
        Path attache,
        Optional<Path> baseline,
        Path aot,
        Optional<Path> bootstrap,
        Optional<Path> out) {

    static final String USAGE = """
        usage: java -cp benchmarks.jar dev.attache.benchmarks.sidebyside.SideBySide [options]
          --peers=A,B       of attache,haproxy,nginx,caddy,undertow,vertx,jetty (all)
          --cases=A,B       of c16,c256,c2000,open2000,mib,idle10k,growth,start,inprocess,h2c10,
                            tls16,tlsmib,handshakes,resumed (all)
          --rounds=5        turns of each peer that count; one more comes before and does not
          --seconds=2       length of a turn
          --warm-up=8       seconds of load on each peer after its start
          --attache=FILE    the standalone jar (admin/target/attache.jar)
          --baseline=FILE   another standalone jar to compare with
          --aot=FILE        its ahead-of-time cache (admin/target/attache.aot)
          --bootstrap=FILE  what the start case starts with
          --out=FILE        writes the report there too
          --quick           one turn of a second each, 1,000 idle connections: shows that everything works\
        """;

    static Options parse(String... args) {
        Parser parser = new Parser(List.of(args).contains("--quick"));
        for (String arg : args) {
            parser.take(arg);
        }
        return parser.options();
    }

    private static final class Parser {
        private final boolean quick;
        private List<String> peers = Peers.NAMES;
        private List<String> cases = Cases.NAMES;
        private int rounds;
        private int seconds;
        private int warmUp;
        private Path attache = Path.of("admin/target/attache.jar");
        private Optional<Path> baseline = Optional.empty();
        private Path aot = Path.of("admin/target/attache.aot");
        private Optional<Path> bootstrap = Optional.empty();
        private Optional<Path> out = Optional.empty();

        Parser(boolean quick) {
            this.quick = quick;
            rounds = quick ? 1 : 5;
            seconds = quick ? 1 : 2;
            warmUp = quick ? 1 : 8;
        }

        void take(String arg) {
            String[] parts = arg.split("=", 2);
            String value = parts.length == 2 ? parts[1] : "";
            switch (parts[0]) {
                case "--quick" -> {}
                case "--peers" -> peers = names(arg, value, Peers.NAMES);
                case "--cases" -> cases = names(arg, value, Cases.NAMES);
                case "--rounds" -> rounds = positive(arg, value);
                case "--seconds" -> seconds = positive(arg, value);
                case "--warm-up" -> warmUp = positive(arg, value);
                case "--attache" -> attache = Path.of(value);
                case "--baseline" -> baseline = Optional.of(Path.of(value));
                case "--aot" -> aot = Path.of(value);
                case "--bootstrap" -> bootstrap = Optional.of(Path.of(value));
                case "--out" -> out = Optional.of(Path.of(value));
                default -> throw new IllegalArgumentException(arg + ": no such option");
            }
        }

        Options options() {
            return new Options(
                    peers,
                    cases,
                    rounds,
                    quick ? 0 : 1,
                    seconds,
                    warmUp,
                    quick ? 1000 : 10_000,
                    attache,
                    baseline,
                    aot,
                    bootstrap,
                    out);
        }

        private static List<String> names(String arg, String value, List<String> known) {
            List<String> names = List.of(value.split(",", -1));
            if (!known.containsAll(names)) {
                throw new IllegalArgumentException(arg + " (expected: some of " + String.join(",", known) + ")");
            }
            return names;
        }

        private static int positive(String arg, String value) {
            if (!value.matches("[1-9][0-9]{0,5}")) {
                throw new IllegalArgumentException(arg + " (expected: a positive number)");
            }
            return Integer.parseInt(value);
        }
    }
}
