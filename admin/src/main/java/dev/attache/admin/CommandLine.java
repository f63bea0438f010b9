package dev.attache.admin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was asked for on the command line; the names are Envoy's.
 *
 * @param configPaths        files, or directories of fragments, in the order given
 * @param configYaml         text merged over an Envoy file
 * @param mode               serve or validate
 * @param serviceCluster     name of the service that this proxy belongs to; may be empty
 * @param serviceNode        name of this node; may be empty
 * @param serviceZone        zone of this node; may be empty
 * @param logLevel           level of the application log; default info
 * @param componentLogLevels levels of single loggers, by name
 * @param drainTime          how long a drain may take; default 600 s
 * @param drainImmediately   closes all at once in a drain instead of more and more; default false
 * @param strict             treats warnings as errors
 * @param warmUp             sends itself requests at the start, until the JVM knows the way or clients come; default true
 * @param allowUnserved      leaves out features that are not served yet, save those that protect
 * @param action             what to do
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/operations/cli">Envoy command line options</a>
 */
public record CommandLine(
        List<Path> configPaths,
        Optional<String> configYaml,
        Mode mode,
        String serviceCluster,
        String serviceNode,
        String serviceZone,
        String logLevel,
        Map<String, String> componentLogLevels,
        Duration drainTime,
        boolean drainImmediately,
        boolean strict,
        boolean warmUp,
        boolean allowUnserved,
        Action action) {

    /** What becomes of the configuration. */
    public enum Mode {
        SERVE,
        VALIDATE
    }

    /** What the process does. */
    public enum Action {
        RUN,
        TRAIN,
        SHOW_HELP,
        SHOW_VERSION
    }

    /** A command line that cannot be understood; the message says which word and what was expected. */
    public static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    public CommandLine {
        configPaths = List.copyOf(configPaths);
        componentLogLevels = Map.copyOf(componentLogLevels);
    }

    /** The text of {@code --help}. */
    public static final String HELP = """
        Usage: java -jar attache.jar -c FILE [-c FILE ...] [options]

          -c, --config-path FILE      configuration file, or directory of fragments; may be repeated for the
                                      services-proxy form
          --config-yaml TEXT          YAML merged over the file (lists are appended); Envoy form only
          --mode serve|validate       validate checks the configuration and exits (0: good, 1: bad); default serve
          --strict                    treat warnings as errors
          --allow-unserved            leave out features that are not served yet, save those that protect
          --service-cluster NAME      name of the service
          --service-node NAME         name of this node
          --service-zone NAME         zone of this node
          -l, --log-level LEVEL       trace, debug, info, warning, error, critical or off; default info
          --component-log-level LIST  levels of single loggers, as http:debug,upstream:trace
          --drain-time-s SECONDS      how long a drain may take; default 600
          --drain-strategy STRATEGY   gradual or immediate; default gradual
          --no-warm-up                be ready at once, without a second of requests to oneself
          --concurrency N             accepted for Envoy's sake; virtual threads need no number
          --restart-epoch N           accepted for Envoy's sake
          --train                     serve samples to oneself and end: the run for -XX:AOTCacheOutput=FILE
          --version                   show the version
          -h, --help                  show this text
        """;

    private static final List<String> LEVELS =
            List.of("trace", "debug", "info", "warning", "warn", "error", "critical", "off");

    /**
     * Reads a command line.
     *
     * @throws UsageException when a word is not understood
     */
    public static CommandLine parse(String... args) throws UsageException {
        return new Parser(words(args)).parse();
    }

    /** Splits words such as {@code "--mode validate"}, which some wrappers pass as one. */
    private static List<String> words(String[] args) {
        List<String> words = new ArrayList<>();
        for (String arg : args) {
            int space = arg.indexOf(' ');
            int equals = arg.indexOf('=');
            if (!arg.startsWith("-") || arg.startsWith("--config-yaml")) {
                splitAtEquals(words, arg, arg.startsWith("--config-yaml=") ? equals : -1);
            } else if (space > 0 && (equals < 0 || space < equals)) {
                words.add(arg.substring(0, space));
                words.add(arg.substring(space + 1).strip());
            } else {
                splitAtEquals(words, arg, arg.startsWith("--") ? equals : -1);
            }
        }
        return words;
    }

    private static void splitAtEquals(List<String> words, String arg, int equals) {
        if (equals < 0) {
            words.add(arg);
        } else {
            words.add(arg.substring(0, equals));
            words.add(arg.substring(equals + 1));
        }
    }

    private static final class Parser {
        private final List<String> words;
        private int at;

        private final List<Path> configPaths = new ArrayList<>();
        private Optional<String> configYaml = Optional.empty();
        private Mode mode = Mode.SERVE;
        private String serviceCluster = "";
        private String serviceNode = "";
        private String serviceZone = "";
        private String logLevel = "info";
        private final Map<String, String> componentLogLevels = new LinkedHashMap<>();
        private Duration drainTime = Duration.ofMinutes(10);
        private boolean drainImmediately;
        private boolean strict;
        private boolean warmUp = true;
        private boolean allowUnserved;
        private Action action = Action.RUN;

        Parser(List<String> words) {
            this.words = words;
        }

        CommandLine parse() throws UsageException {
            while (at < words.size()) {
                option(words.get(at++));
            }
            if (action == Action.RUN && configPaths.isEmpty() && configYaml.isEmpty()) {
                throw new UsageException("no configuration (expected: -c FILE); see --help");
            }
            return new CommandLine(
                    configPaths,
                    configYaml,
                    mode,
                    serviceCluster,
                    serviceNode,
                    serviceZone,
                    logLevel,
                    componentLogLevels,
                    drainTime,
                    drainImmediately,
                    strict,
                    warmUp,
                    allowUnserved,
                    action);
        }

        private void option(String name) throws UsageException {
            switch (name) {
                case "-c", "--config-path" -> configPaths.add(Path.of(value(name)));
                case "--config-yaml" -> configYaml = Optional.of(value(name));
                case "--mode" -> mode = mode(value(name));
                case "--service-cluster" -> serviceCluster = value(name);
                case "--service-node" -> serviceNode = value(name);
                case "--service-zone" -> serviceZone = value(name);
                case "-l", "--log-level" -> logLevel = level(name, value(name));
                case "--component-log-level" -> componentLevels(value(name));
                case "--drain-time-s" -> drainTime = Duration.ofSeconds(number(name, value(name)));
                case "--drain-strategy" -> drainImmediately = strategy(value(name));
                case "--concurrency", "--restart-epoch" -> number(name, value(name));
                case "--strict" -> strict = true;
                case "--no-warm-up" -> warmUp = false;
                case "--allow-unserved" -> allowUnserved = true;
                case "--train" -> action = Action.TRAIN;
                case "--version" -> action = Action.SHOW_VERSION;
                case "-h", "--help" -> action = Action.SHOW_HELP;
                default -> throw new UsageException("unknown option " + name + "; see --help");
            }
        }

        private String value(String name) throws UsageException {
            if (at == words.size()) {
                throw new UsageException(name + ": nothing behind it (expected: a value)");
            }
            return words.get(at++);
        }

        private static Mode mode(String text) throws UsageException {
            return switch (text) {
                case "serve" -> Mode.SERVE;
                case "validate" -> Mode.VALIDATE;
                default -> throw new UsageException("--mode: " + text + " (expected: serve or validate)");
            };
        }

        private static boolean strategy(String text) throws UsageException {
            return switch (text) {
                case "gradual" -> false;
                case "immediate" -> true;
                default -> throw new UsageException("--drain-strategy: " + text + " (expected: gradual or immediate)");
            };
        }

        private static String level(String name, String text) throws UsageException {
            if (!LEVELS.contains(text)) {
                throw new UsageException(name + ": " + text + " (expected: " + String.join(", ", LEVELS) + ")");
            }
            return text;
        }

        private void componentLevels(String text) throws UsageException {
            for (String part : text.split(",", -1)) {
                int colon = part.indexOf(':');
                if (colon <= 0) {
                    throw new UsageException("--component-log-level: " + part + " (expected: logger:level)");
                }
                componentLogLevels.put(
                        part.substring(0, colon), level("--component-log-level", part.substring(colon + 1)));
            }
        }

        private static long number(String name, String text) throws UsageException {
            try {
                long number = Long.parseLong(text);
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // Said below, for both.
            }
            throw new UsageException(name + ": " + text + " (expected: a whole number, 0 or more)");
        }
    }
}
