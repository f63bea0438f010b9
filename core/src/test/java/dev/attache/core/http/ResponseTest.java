package dev.attache.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class ResponseTest {

    private final Response response = new Response(200, HttpFields.build(), Body.EMPTY);
    private final List<String> done = new ArrayList<>();

    @Test
    void runsAllActionsInOrderWhateverOneOfThemThrows() {
        RuntimeException same = new IllegalStateException("twice");
        response.onClose(() -> done.add("first"));
        response.onClose(() -> {
            throw same;
        });
        response.onClose(() -> done.add("second"));
        response.onClose(() -> {
            throw same;
        });
        response.onClose(() -> {
            throw new StackOverflowError();
        });
        response.onClose(() -> done.add("third"));

        response.close();
        response.close();

        assertThat(done).containsExactly("first", "second", "third");
        assertThat(response.isClosed()).isTrue();
    }

    @Test
    void runsAnActionAtOnceWhereItIsClosedAlready() {
        response.close();
        response.onClose(() -> done.add("late"));
        response.onClose(() -> {
            throw new IllegalStateException("bug");
        });

        assertThat(done).containsExactly("late");
    }
}
