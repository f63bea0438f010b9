package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes contestants in turns: A B C, A B C, and so on. Whatever else the machine does disturbs all of them alike, so that
 * ratios mean something where single figures do not.
 */
final class Rounds {

    /** One turn of one contestant. */
    interface Contestant {
        Turn turn() throws IOException, InterruptedException;
    }

    private Rounds() {}

    /** The turns that count, by contestant. */
    static Map<String, List<Turn>> play(String title, Options options, Map<String, Contestant> contestants)
            throws InterruptedException {
        Map<String, List<Turn>> turns = new LinkedHashMap<>();
        for (int round = -options.discarded(); round < options.rounds(); round++) {
            for (Map.Entry<String, Contestant> contestant : contestants.entrySet()) {
                Turn turn = turn(contestant.getValue());
                System.err.printf(
                        "%s %s %s: %s %s%n",
                        title,
                        round < 0 ? "discarded" : "round " + (round + 1),
                        contestant.getKey(),
                        turn.figures(),
                        String.join("; ", turn.errors()));
                if (round >= 0) {
                    turns.computeIfAbsent(contestant.getKey(), none -> new ArrayList<>())
                            .add(turn);
                }
            }
        }
        return turns;
    }

    private static Turn turn(Contestant contestant) throws InterruptedException {
        try {
            return contestant.turn();
        } catch (IOException broken) {
            return Turn.failed(String.valueOf(broken.getMessage()));
        }
    }
}
