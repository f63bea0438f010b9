package dev.attache.launcher;

import java.lang.reflect.InvocationTargetException;

/**
 * The standalone jar's main class: says in one line when the Java that runs it is too old, instead of a stack trace.
 * Compiled for Java 8, so that even that one can run it; hence it names nothing newer, and the program only by name.
 */
public final class Launcher {

    private static final int NEEDED = 25;

    private Launcher() {}

    /** Starts the program. */
    public static void main(String[] args) throws Throwable {
        int found = feature(System.getProperty("java.specification.version", "0"));
        if (found < NEEDED) {
            System.err.println("attache needs Java " + NEEDED + " or newer; this is Java "
                    + System.getProperty("java.version") + " in " + System.getProperty("java.home"));
            System.exit(1);
        }
        try {
            Class.forName("dev.attache.admin.Main")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /** {@code 1.8} is 8, {@code 17} is 17. */
    private static int feature(String version) {
        String text = version.startsWith("1.") ? version.substring(2) : version;
        int dot = text.indexOf('.');
        return Integer.parseInt(dot < 0 ? text : text.substring(0, dot));
    }
}
