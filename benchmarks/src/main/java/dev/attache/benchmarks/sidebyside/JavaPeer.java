package dev.attache.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A proxy library of Java, by the program in our own jar that runs it. */
record JavaPeer(String name, Class<?> program) implements Peer {

    @Override
    public Optional<String> missing() {
        return Optional.empty();
    }

    @Override
    public Launch launch(Site site) {
        return new Launch(Map.of(), command(site.jvm(), program, site.port(), site.upstreamPort()));
    }

    @Override
    public boolean onJvm() {
        return true;
    }

    /** How a program of the jar that runs now is run in another JVM. */
    static List<String> command(List<String> jvm, Class<?> program, Object... args) {
        List<String> command = new ArrayList<>(jvm);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program.getName());
        for (Object arg : args) {
            command.add(arg.toString());
        }
        return command;
    }
}
