package dev.attache.admin;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** {@code /} and {@code /help}: what there is. */
final class IndexEndpoints {

    private IndexEndpoints() {}

    static List<AdminEndpoint> of(Map<String, AdminEndpoint> endpoints) {
        return List.of(new Help(endpoints), new Index(endpoints));
    }

    /** What there is, a line each. */
    static String list(Collection<AdminEndpoint> endpoints) {
        StringBuilder out = new StringBuilder("admin commands are:\n");
        for (AdminEndpoint endpoint : endpoints) {
            out.append("  ").append(endpoint.path());
            out.append(endpoint.changes() ? " (POST): " : ": ");
            out.append(endpoint.help()).append('\n');
        }
        return out.toString();
    }

    private record Help(Map<String, AdminEndpoint> endpoints) implements AdminEndpoint {
        @Override
        public String path() {
            return "/help";
        }

        @Override
        public String help() {
            return "print out list of admin commands";
        }

        @Override
        public AdminReply answer(AdminQuery query) {
            return AdminReply.text(list(endpoints.values()));
        }
    }

    private record Index(Map<String, AdminEndpoint> endpoints) implements AdminEndpoint {
        @Override
        public String path() {
            return "/";
        }

        @Override
        public String help() {
            return "admin home page";
        }

        @Override
        public AdminReply answer(AdminQuery query) {
            StringBuilder out = new StringBuilder("""
                <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Attache admin</title>
                <style>body{font-family:sans-serif;margin:2em}td{padding:.2em 1em}</style></head><body>
                <h1>Attache admin</h1><table>
                """);
            for (AdminEndpoint endpoint : endpoints.values()) {
                String path = endpoint.path();
                out.append("<tr><td>");
                if (endpoint.changes()) {
                    out.append("<form method=\"post\" action=\"").append(path).append("\"><button>");
                    out.append(path).append("</button></form>");
                } else {
                    out.append("<a href=\"")
                            .append(path)
                            .append("\">")
                            .append(path)
                            .append("</a>");
                }
                out.append("</td><td>").append(endpoint.help()).append("</td></tr>\n");
            }
            return AdminReply.html(out.append("</table></body></html>\n").toString());
        }
    }
}
