package dev.attache.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** How a load program obeys: a line of words in, a line out, until standard input ends. */
final class Lines {

    /** Does what one line says. */
    interface Command {
        String answer(String[] words) throws IOException, InterruptedException;
    }

    private Lines() {}

    static void obey(Command command) throws IOException, InterruptedException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            System.out.println(command.answer(line.split(" ", -1)));
        }
    }
}
