package dev.attache.admin.program;

import dev.attache.core.config.files.ConfigFiles;
import dev.attache.listeners.Attache;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A host application that prints which shutdown hooks its process has: before, during and after. */
final class EmbeddingHost {

    private EmbeddingHost() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("before " + hooks());
        try (Attache proxy =
                Attache.builder(ConfigFiles.read(Path.of(arguments[0]))).start()) {
            System.out.println(
                    "during " + hooks() + " with " + proxy.listeners().size());
        }
        System.out.println("after " + hooks());
    }

    /**
     * All but the one that the JDK's own logging adds when it is first used. Needs {@code --add-opens
     * java.base/java.lang=ALL-UNNAMED}, which this process of its own is started with.
     */
    private static List<String> hooks() throws ReflectiveOperationException {
        Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
        hooks.setAccessible(true);
        return ((Map<?, ?>) hooks.get(null))
                .keySet().stream()
                        .map(hook -> hook.getClass().getName())
                        .filter(name -> !name.startsWith("java.util.logging."))
                        .toList();
    }
}
