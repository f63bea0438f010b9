package dev.attache.listeners.ends;

import dev.attache.listeners.ends.Step.Act;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/**
 * What becomes of one stream.
 *
 * @param requestLength content-length of the request, if it is said
 * @param answerLength  content-length of the answer, if it is said
 * @param continued     heads are cut into frames of CONTINUATION
 * @param steps         what both peers do, in turns
 */
record Script(OptionalLong requestLength, OptionalLong answerLength, boolean continued, List<Step> steps) {

    private static final int[] SIZES = {1, 10, 1000, 9000, 20_000};

    /** A stream in whose way nothing is. */
    static List<Step> message(Random random, boolean client) {
        int parts = random.nextInt(4);
        if (parts == 3) {
            return List.of(Step.of(client, Act.WHOLE_HEAD, 0));
        }
        List<Step> steps = new ArrayList<>();
        if (!client && random.nextInt(6) == 0) {
            steps.add(Step.of(client, Act.INTERIM, 0));
        }
        boolean together = random.nextInt(3) == 0;
        steps.add(Step.of(client, Act.HEAD, 0).held(together));
        for (int i = 0; i < parts; i++) {
            steps.add(Step.of(client, Act.DATA, SIZES[random.nextInt(SIZES.length)])
                    .held(together)
                    .watched(random.nextInt(3) == 0));
        }
        if (random.nextInt(3) == 0) {
            steps.add(Step.of(client, Act.TRAILERS, 0));
        } else {
            steps.add(Step.of(client, Act.LAST_DATA, random.nextInt(3) == 0 ? 0 : SIZES[random.nextInt(SIZES.length)]));
        }
        return steps;
    }

    static Script random(Random random, Plan.Limit limit, Plan.Windows windows) {
        List<Step> request = message(random, true);
        List<Step> answer = message(random, false);
        List<Step> steps = merged(random, request, answer);
        boolean faulty = random.nextInt(4) > 0;
        if (faulty) {
            insertFault(random, steps, limit);
        }
        if (limit != Plan.Limit.NONE && random.nextInt(2) == 0) {
            Act act = random.nextInt(3) == 0 ? Act.STALL : Act.RACE;
            steps.add(1 + random.nextInt(steps.size()), Step.of(false, act, 0));
        }
        if (windows == Plan.Windows.LATE) {
            steps.add(1 + random.nextInt(steps.size()), Step.of(true, Act.OPEN_WINDOW, 0));
            steps.add(1 + random.nextInt(steps.size()), Step.of(false, Act.OPEN_WINDOW, 0));
        }
        return new Script(length(random, request), length(random, answer), random.nextInt(4) == 0, List.copyOf(steps));
    }

    private static OptionalLong length(Random random, List<Step> message) {
        boolean trailers = message.getLast().act() == Act.TRAILERS;
        return trailers || random.nextBoolean()
                ? OptionalLong.empty()
                : OptionalLong.of(message.stream().mapToLong(Step::octets).sum());
    }

    /** The answer behind the request, among it, or in front of its end. */
    private static List<Step> merged(Random random, List<Step> request, List<Step> answer) {
        List<Step> steps = new ArrayList<>(request);
        int way = random.nextInt(6);
        if (way < 3) {
            steps.addAll(answer);
        } else if (way == 3) {
            steps.addAll(1, answer);
            steps.set(0, steps.getFirst().held(false));
        } else {
            int at = 1;
            for (Step step : answer) {
                at += random.nextInt(steps.size() - at + 1);
                steps.add(at++, step);
            }
        }
        return steps;
    }

    private static void insertFault(Random random, List<Step> steps, Plan.Limit limit) {
        boolean client = random.nextBoolean();
        Fault[] all = Fault.values();
        Fault fault = all[random.nextInt(all.length)];
        if (fault == Fault.SILENCE && limit == Plan.Limit.NONE) {
            fault = Fault.RST_CANCEL;
        }
        int at = random.nextInt(steps.size() + 1);
        if (client && at == 0 && random.nextBoolean()) {
            at = 1;
        }
        // Right behind a step of its own in the same write, as often as not.
        if (at > 0 && steps.get(at - 1).client() == client && random.nextBoolean()) {
            steps.set(at - 1, steps.get(at - 1).held(true));
        }
        steps.add(at, Step.of(client, fault));
        boolean breaks = fault == Fault.CLOSE || fault == Fault.TCP_RESET || fault == Fault.HALF_CLOSE;
        int firstOwn = first(steps, client);
        if (breaks && at <= firstOwn && random.nextBoolean()) {
            steps.add(at, Step.of(client, Act.HALF_A_HEAD, 0));
        }
    }

    private static int first(List<Step> steps, boolean client) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).client() == client && steps.get(i).act() != Act.FAULT) {
                return i;
            }
        }
        return steps.size();
    }
}
