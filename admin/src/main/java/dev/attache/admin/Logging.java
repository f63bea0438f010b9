package dev.attache.admin;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.Reporter;

/**
 * The application log of the standalone program: to stderr only, with Envoy's logger names over our packages and levels
 * that change while the proxy runs. The one room of the logging backend. Safe for use by all threads.
 */
public final class Logging {

    /** Envoy's names of loggers, and the packages that they stand for here. */
    private static final Map<String, List<String>> LOGGERS = new TreeMap<>(Map.ofEntries(
            Map.entry("admin", List.of("dev.attache.admin")),
            Map.entry("client", List.of("dev.attache.core.upstream.http1")),
            Map.entry("config", List.of("dev.attache.core.config")),
            Map.entry("conn_handler", List.of("dev.attache.listeners")),
            Map.entry("connection", List.of("dev.attache.core.net", "dev.attache.tls")),
            Map.entry("dns", List.of("dev.attache.core.net")),
            Map.entry("file", List.of("dev.attache.core.accesslog")),
            Map.entry("http", List.of("dev.attache.core.http", "dev.attache.core.proxy", "dev.attache.listeners")),
            Map.entry("main", List.of("dev.attache")),
            Map.entry("pool", List.of("dev.attache.core.upstream.http1")),
            Map.entry("router", List.of("dev.attache.core.route")),
            Map.entry("runtime", List.of("dev.attache.core.runtime")),
            Map.entry("stats", List.of("dev.attache.core.stats")),
            Map.entry("upstream", List.of("dev.attache.core.upstream")),
            Map.entry("jetty", List.of("org.eclipse.jetty"))));

    private final LoggerContext context;

    private Logging(LoggerContext context) {
        this.context = context;
    }

    /** Takes over the logging of this process; for the main program alone. */
    static Logging start(String level, Map<String, String> componentLevels) {
        System.setProperty(LoggerFactory.PROVIDER_PROPERTY_KEY, LogProvider.class.getName());
        // Or else SLF4J tells on stderr that it does as it was told.
        System.setProperty(Reporter.SLF4J_INTERNAL_VERBOSITY_KEY, "WARN");
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        LogLine encoder = new LogLine();
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.addFilter(new OutOfMemoryFilter());
        stderr.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(stderr);
        Logging logging = new Logging(context);
        root.setLevel(Level.WARN);
        logging.all(level);
        componentLevels.forEach(logging::set);
        return logging;
    }

    /** The logging of this process, where it is ours to steer; empty where a host application logs otherwise. */
    public static Optional<Logging> ofProcess() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        return factory instanceof LoggerContext context ? Optional.of(new Logging(context)) : Optional.empty();
    }

    /** Envoy's logger names and their levels now. */
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        LOGGERS.forEach((name, packages) ->
                levels.put(name, name(context.getLogger(packages.getFirst()).getEffectiveLevel())));
        return levels;
    }

    /**
     * Sets the level of one logger, by Envoy's name or by a Java package.
     *
     * @return false where there is no such logger or level
     */
    public boolean set(String logger, String level) {
        Optional<Level> parsed = level(level);
        List<String> packages = LOGGERS.getOrDefault(logger, logger.indexOf('.') > 0 ? List.of(logger) : List.of());
        parsed.ifPresent(
                value -> packages.forEach(name -> context.getLogger(name).setLevel(value)));
        return parsed.isPresent() && !packages.isEmpty();
    }

    /**
     * Sets the level of all loggers; libraries stay at warning unless more is asked for than debug.
     *
     * @return false where there is no such level
     */
    public boolean all(String level) {
        Optional<Level> parsed = level(level);
        parsed.ifPresent(value -> {
            LOGGERS.values()
                    .forEach(packages ->
                            packages.forEach(name -> context.getLogger(name).setLevel(null)));
            context.getLogger("dev.attache").setLevel(value);
            Level libraries = value.isGreaterOrEqual(Level.WARN) || value == Level.TRACE ? value : Level.WARN;
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(libraries);
            // Jetty's parser warns of each malformed Host: a peer could fill the log with it. We count those ourselves.
            context.getLogger("org.eclipse.jetty.http").setLevel(value == Level.TRACE ? null : Level.ERROR);
            context.getLogger("org.eclipse.jetty.util").setLevel(value == Level.TRACE ? null : Level.ERROR);
        });
        return parsed.isPresent();
    }

    private static Optional<Level> level(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "trace" -> Optional.of(Level.TRACE);
            case "debug" -> Optional.of(Level.DEBUG);
            case "info" -> Optional.of(Level.INFO);
            case "warning", "warn" -> Optional.of(Level.WARN);
            case "error", "critical" -> Optional.of(Level.ERROR);
            case "off" -> Optional.of(Level.OFF);
            default -> Optional.empty();
        };
    }

    private static String name(Level level) {
        return level == Level.WARN ? "warning" : level.toString().toLowerCase(Locale.ROOT);
    }
}
