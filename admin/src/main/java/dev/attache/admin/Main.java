package dev.attache.admin;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.Unserved;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.core.config.files.LoadedConfig;
import dev.attache.listeners.Attache;
import dev.attache.tls.Tls;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The standalone program: reads a configuration, serves it, and ends on a signal. Alone in touching the process. */
public final class Main {

    /** How long a stop waits for requests in progress. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(5);

    private final CommandLine commandLine;
    private final PrintStream out;
    private final PrintStream err;
    private final Consumer<Attache> whenServing;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger stops = new AtomicInteger();

    private Main(CommandLine commandLine, PrintStream out, PrintStream err, Consumer<Attache> whenServing) {
        this.commandLine = commandLine;
        this.out = out;
        this.err = err;
        this.whenServing = whenServing;
    }

    /** Runs the program and ends the process: 0 when all went well, 1 when not. */
    public static void main(String[] args) {
        // Or else Jetty starts the whole of JMX, to read from it how wide a reference is.
        System.setProperty("org.eclipse.jetty.util.referencesPerCacheLine", "16");
        System.exit(run(System.out, System.err, _ -> {}, args));
    }

    /** Runs the program without ending the process; returns its exit code. {@code whenServing} is called in between. */
    static int run(PrintStream out, PrintStream err, Consumer<Attache> whenServing, String... args) {
        CommandLine commandLine;
        try {
            commandLine = CommandLine.parse(args);
        } catch (CommandLine.UsageException wrong) {
            err.println(wrong.getMessage());
            return 1;
        }
        return switch (commandLine.action()) {
            case SHOW_HELP -> {
                out.print(CommandLine.HELP);
                yield 0;
            }
            case SHOW_VERSION -> {
                out.println(Version.text());
                yield 0;
            }
            case TRAIN -> Training.run(err);
            case RUN -> new Main(commandLine, out, err, whenServing).run();
        };
    }

    private int run() {
        try {
            ProxyConfig config = load();
            return commandLine.mode() == CommandLine.Mode.VALIDATE ? validate(config) : serve(config);
        } catch (ConfigException wrong) {
            return refuse(wrong.problems());
        }
    }

    /** Beside errors, what is but a warning is told as one; alone, it is what a strict reading refuses. */
    private int refuse(List<ConfigProblem> problems) {
        boolean errors = problems.stream().anyMatch(ConfigProblem::isError);
        problems.forEach(problem -> err.println(errors && !problem.isError() ? "warning: " + problem : problem));
        return 1;
    }

    private int validate(ProxyConfig config) {
        Logging.start("error", Map.of()); // The checks of the configuration have told the warnings, with their places.
        List<ConfigProblem> refused = StartTrial.problems(config, Tls.provider());
        if (!refused.isEmpty()) {
            return refuse(refused);
        }
        out.println("configuration '" + paths() + "' OK");
        return 0;
    }

    /** What is to be served, judged alike whether it is to be served now. */
    private ProxyConfig load() {
        Unserved.Policy served =
                commandLine.mode() == CommandLine.Mode.VALIDATE ? Unserved.Policy.FORETELL : Unserved.Policy.REFUSE;
        LoadedConfig loaded = ConfigFiles.load(new ConfigOptions(
                commandLine.configPaths(),
                commandLine.configYaml(),
                commandLine.strict(),
                commandLine.allowUnserved() ? Unserved.Policy.LEAVE_OUT : served));
        loaded.warnings().forEach(warning -> err.println("warning: " + warning));
        return loaded.config();
    }

    private String paths() {
        return commandLine.configPaths().stream().map(Object::toString).collect(Collectors.joining("', '"));
    }

    private int serve(ProxyConfig config) {
        Logging.start(commandLine.logLevel(), commandLine.componentLogLevels());
        Logger log = LoggerFactory.getLogger(Main.class);
        // Before anything is bound: a stop during the start is one as well, and a HUP must not kill.
        Signals.handle("TERM", () -> stop(log, "TERM"));
        Signals.handle("INT", () -> stop(log, "INT"));
        Signals.handle("HUP", () -> log.warn("HUP: reloading the configuration is not served yet; nothing changed"));
        try (Attache proxy = Attache.builder(config).start()) {
            AdminServer.start(proxy, commandLine, () -> stop(log, "quitquitquit"));
            Signals.handle("USR1", proxy::reopenLogs);
            log.info(
                    "{}: {} listeners, {} clusters",
                    Version.text(),
                    proxy.listeners().size(),
                    config.clusters().size());
            whenServing.accept(proxy);
            stopped.await();
            proxy.drain(STOP_GRACE);
            return 0;
        } catch (ConfigException wrong) {
            return refuse(wrong.problems());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private void stop(Logger log, String why) {
        if (stops.incrementAndGet() > 1) {
            log.info("{} again: ending at once", why);
            java.lang.Runtime.getRuntime().halt(0);
        }
        log.info("{}: stopping", why);
        stopped.countDown();
    }
}
