package dev.attache.admin;

import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /logging}: lists the loggers, or changes levels: {@code ?level=debug} for all, {@code ?http=debug} for one,
 * {@code ?paths=http:debug,upstream:trace} for several.
 */
record LoggingEndpoint(Optional<Logging> logging) implements AdminEndpoint {

    @Override
    public String path() {
        return "/logging";
    }

    @Override
    public String help() {
        return "query or change logging levels: level, <logger>, paths";
    }

    @Override
    public boolean changes() {
        return true;
    }

    @Override
    public AdminReply answer(AdminQuery query) {
        if (logging.isEmpty()) {
            return AdminReply.text(501, "the host application keeps its own log\n");
        }
        Logging log = logging.get();
        for (Map.Entry<String, String> change : query.parameters().entrySet()) {
            boolean known = switch (change.getKey()) {
                case "level" -> log.all(change.getValue());
                case "paths" -> paths(log, change.getValue());
                default -> log.set(change.getKey(), change.getValue());
            };
            if (!known) {
                return AdminReply.text(
                        400,
                        change.getKey() + "=" + change.getValue() + ": no such logger or level (expected: one of "
                                + log.levels().keySet()
                                + " = trace, debug, info, warning, error, critical or off)\n");
            }
        }
        StringBuilder out = new StringBuilder("active loggers:\n");
        log.levels()
                .forEach((name, level) ->
                        out.append("  ").append(name).append(": ").append(level).append('\n'));
        return AdminReply.text(out.toString());
    }

    private static boolean paths(Logging log, String list) {
        boolean known = true;
        for (String part : list.split(",", -1)) {
            int colon = part.indexOf(':');
            known &= colon > 0 && log.set(part.substring(0, colon), part.substring(colon + 1));
        }
        return known;
    }
}
