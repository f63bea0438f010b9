package dev.attache.admin;

import java.util.function.Function;

/**
 * An endpoint made of a function.
 *
 * @param path    the path
 * @param help    one line for {@code /help}
 * @param content what is answered
 * @param changes whether it answers POST alone
 */
record Page(String path, String help, Function<AdminQuery, AdminReply> content, boolean changes)
        implements AdminEndpoint {

    Page(String path, String help, Function<AdminQuery, AdminReply> content) {
        this(path, help, content, false);
    }

    static Page changing(String path, String help, Function<AdminQuery, AdminReply> content) {
        return new Page(path, help, content, true);
    }

    @Override
    public AdminReply answer(AdminQuery query) {
        return content.apply(query);
    }
}
