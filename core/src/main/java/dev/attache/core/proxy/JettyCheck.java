package dev.attache.core.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * Says before a proxy starts whether it will find what it needs in the Jetty that the host application has. A host whose
 * build pins another version, as Spring Boot's does, would otherwise learn of that by the first requests, which fail.
 *
 * <p>What is needed stands in a file beside the asking class: the version that it was built with, and each member that its
 * module uses, as {@code owner name descriptor}. Nothing is looked for where the version is the same.
 */
public final class JettyCheck {

    private static final String FILE = "jetty-members.txt";

    private JettyCheck() {}

    /**
     * Checks for the module of {@code user}.
     *
     * @throws IllegalStateException where something is missing; names that, both versions, and the property to set
     */
    public static void require(Class<?> user) {
        if (isOneJar(user)) {
            return; // The program of its own, which brings what it needs.
        }
        List<String> needed = needed(user);
        String built = needed.getFirst();
        String found = String.valueOf(HttpFields.class.getPackage().getImplementationVersion());
        if (!found.equals(built)) {
            check(needed.subList(1, needed.size()), HttpFields.class.getClassLoader(), found, built);
        }
    }

    static void check(List<String> members, @Nullable ClassLoader loader, String found, String built) {
        for (String member : members) {
            String missing = missing(member, loader);
            if (missing != null) {
                throw new IllegalStateException("Attache needs " + missing + ", which Jetty " + found
                        + " on the class path does not have (built with Jetty " + built
                        + ": set the Maven property jetty.version to that)");
            }
        }
    }

    private static boolean isOneJar(Class<?> user) {
        CodeSource own = user.getProtectionDomain().getCodeSource();
        CodeSource library = HttpFields.class.getProtectionDomain().getCodeSource();
        return own != null
                && library != null
                && Objects.equals(String.valueOf(own.getLocation()), String.valueOf(library.getLocation()));
    }

    private static List<String> needed(Class<?> user) {
        InputStream list = Objects.requireNonNull(user.getResourceAsStream(FILE), FILE);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.isBlank()).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What of a member is not there: its class, or the member; null where it is. */
    private static @Nullable String missing(String member, @Nullable ClassLoader loader) {
        String[] words = member.split(" ", -1);
        try {
            Class<?> owner = Class.forName(words[0], false, loader);
            return has(owner, words[1], words[2]) ? null : words[0] + "." + words[1];
        } catch (ClassNotFoundException | LinkageError absent) {
            return words[0];
        }
    }

    private static boolean has(Class<?> owner, String name, String descriptor) {
        if (name.equals("<init>")) {
            return Arrays.stream(owner.getDeclaredConstructors())
                    .anyMatch(maker ->
                            descriptor(void.class, maker.getParameterTypes()).equals(descriptor));
        }
        return types(owner).stream()
                .flatMap(type -> descriptor.startsWith("(")
                        ? Arrays.stream(type.getDeclaredMethods())
                                .filter(method -> method.getName().equals(name))
                                .map(method -> descriptor(method.getReturnType(), method.getParameterTypes()))
                        : Arrays.stream(type.getDeclaredFields())
                                .filter(field -> field.getName().equals(name))
                                .map(field -> field.getType().descriptorString()))
                .anyMatch(descriptor::equals);
    }

    private static String descriptor(Class<?> result, Class<?>[] parameters) {
        return MethodType.methodType(result, parameters).descriptorString();
    }

    /** The class, and all that it inherits from. */
    private static Set<Class<?>> types(Class<?> owner) {
        Set<Class<?>> types = new LinkedHashSet<>();
        for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
            addWithInterfaces(type, types);
        }
        types.add(Object.class); // An interface has its methods too.
        return types;
    }

    private static void addWithInterfaces(Class<?> type, Set<Class<?>> types) {
        types.add(type);
        Stream.of(type.getInterfaces()).forEach(inherited -> addWithInterfaces(inherited, types));
    }
}
