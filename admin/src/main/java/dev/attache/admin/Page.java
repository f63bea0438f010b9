package dev.attache.admin;

import java.util.function.Function;

/**
 * An endpoint made of a function.
 *
 * @param path    the path
 * @param help    one line for {@code /help}
 * @param content what is answered
 * @param changes whether it answers POST alone
 * @param light   whether it costs next to nothing, or waits
 */
record Page(String path, String help, Function<AdminQuery, AdminReply> content, boolean changes, boolean light)
        implements AdminEndpoint {

    Page(String path, String help, Function<AdminQuery, AdminReply> content) {
        this(path, help, content, false, false);
    }

    static Page light(String path, String help, Function<AdminQuery, AdminReply> content) {
        return new Page(path, help, content, false, true);
    }

    static Page changing(String path, String help, Function<AdminQuery, AdminReply> content) {
        return new Page(path, help, content, true, true);
    }

    @Override
    public AdminReply answer(AdminQuery query) {
        return content.apply(query);
    }
}
