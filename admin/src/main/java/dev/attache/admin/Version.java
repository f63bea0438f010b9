package dev.attache.admin;

/** Which version this is, from the jar's manifest. */
final class Version {

    private Version() {}

    /** The version and what it runs on. */
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "attache/" + (version == null ? "development" : version) + "/Java "
                + Runtime.version().feature();
    }
}
