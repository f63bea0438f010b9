package dev.attache.admin.architecture;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which packages the packages of the product use, read from its class files.
 *
 * @param examples by package, then by used package: one place where it happens
 * @param classes  number of classes read
 */
record Imports(Map<String, Map<String, String>> examples, int classes) {

    static final String OURS = "dev.attache.";

    private static final Pattern TESTS = Pattern.compile(".*(/test-classes/|-tests\\.jar).*");
    private static final Pattern PLATFORM = Pattern.compile("(java|javax|jdk|com\\.sun\\.net\\.httpserver)(\\..*)?|");

    static Imports ofTheProduct() {
        // Only names matter: what the libraries' own classes are made of does not.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(location -> !location.matches(TESTS))
                .importPackages("dev.attache");
        Map<String, Map<String, String>> examples = new TreeMap<>();
        for (JavaClass type : classes) {
            Map<String, String> used = examples.computeIfAbsent(type.getPackageName(), none -> new TreeMap<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String target =
                        dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (!target.equals(type.getPackageName())
                        && !PLATFORM.matcher(target).matches()) {
                    used.putIfAbsent(target, dependency.getDescription());
                }
            }
        }
        return new Imports(examples, classes.size());
    }
}
