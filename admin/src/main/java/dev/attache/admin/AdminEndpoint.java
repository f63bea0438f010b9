package dev.attache.admin;

/** One page of the admin interface. Safe for use by all threads. */
interface AdminEndpoint {

    /** The path, such as {@code /stats}. */
    String path();

    /** One line for {@code /help}. */
    String help();

    /** Whether it changes something, and so answers POST alone; the others answer GET and HEAD, and POST for Envoy's sake. */
    default boolean changes() {
        return false;
    }

    /** Whether it costs next to nothing, or waits rather than computes, and so is answered on whichever thread asks. */
    default boolean light() {
        return changes();
    }

    AdminReply answer(AdminQuery query);
}
