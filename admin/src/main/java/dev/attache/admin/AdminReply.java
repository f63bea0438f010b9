package dev.attache.admin;

/**
 * What an admin page answers.
 *
 * @param status      HTTP status
 * @param contentType content type
 * @param body        text
 */
record AdminReply(int status, String contentType, String body) {

    static AdminReply text(String body) {
        return new AdminReply(200, "text/plain; charset=UTF-8", body);
    }

    static AdminReply text(int status, String body) {
        return new AdminReply(status, "text/plain; charset=UTF-8", body);
    }

    static AdminReply json(String body) {
        return new AdminReply(200, "application/json", body);
    }

    static AdminReply html(String body) {
        return new AdminReply(200, "text/html; charset=UTF-8", body);
    }

    static AdminReply ok() {
        return text("OK\n");
    }
}
