package dev.attache.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.GrpcTimeoutConfig;
import dev.attache.core.config.StreamDurationConfig;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcTimeoutTest {

    private static final long MS = 1_000_000;

    /** In milliseconds, as all of these: asked -1 for no header, headerMax empty for none. */
    @ParameterizedTest
    @CsvSource({
        "100, , 0, 70, 70", // passed over
        "100, 0, 0, 70, 100", // as it is
        "100, 50, 0, 70, 50", // at most
        "40, 50, 0, 70, 40",
        "40, 50, 15, 70, 25", // minus the offset
        "100, 50, 15, 70, 35", // of what is left after the cap
        "-1, 50, 15, 70, 70", // no header
        "-1, 50, 15, 0, 0"
    })
    void limitsTheStream(long asked, Long headerMax, long offset, long max, long expected) {
        ForwardConfig forward = ForwardConfig.to("c")
                .streamDuration(new StreamDurationConfig(
                        Optional.of(Duration.ofMillis(max)),
                        Optional.ofNullable(headerMax).map(Duration::ofMillis),
                        Duration.ofMillis(offset)))
                .build();

        GrpcTimeout.OfStream rule = (GrpcTimeout.OfStream) GrpcTimeout.of(forward);

        assertThat(rule.nanos(asked < 0 ? -1 : asked * MS, max * MS)).isEqualTo(expected * MS);
    }

    @ParameterizedTest
    @CsvSource({"10, 10", "10, 20", "0, 0"})
    void endsAStreamAtOnceOfWhoseTimeNothingIsLeft(long asked, long offset) {
        GrpcTimeout.OfStream rule = new GrpcTimeout.OfStream(true, 0, offset);

        assertThat(rule.nanos(asked, 0)).isEqualTo(1);
    }

    /** In milliseconds; asked -1 for no header. */
    @ParameterizedTest
    @CsvSource({
        "100, 0, 0, 100",
        "-1, 0, 0, 0", // for ever
        "0, 0, 0, 0",
        "100, 50, 0, 50",
        "-1, 50, 0, 50",
        "40, 50, 15, 25",
        "15, 50, 15, 15", // the offset may not make it nothing
        "100, 50, 15, 50"
    })
    void isTheTimeoutOfTheRouteInItsFormerForm(long asked, long max, long offset, long expected) {
        ForwardConfig forward = ForwardConfig.to("c")
                .grpcTimeout(new GrpcTimeoutConfig(Duration.ofMillis(max), Duration.ofMillis(offset)))
                .build();

        GrpcTimeout.OfRoute rule = (GrpcTimeout.OfRoute) GrpcTimeout.of(forward);

        assertThat(rule.nanos(asked < 0 ? -1 : asked * MS)).isEqualTo(expected * MS);
    }

    @Test
    void isNoneWhereTheRouteSaysNothing() {
        StreamDurationConfig nothing = new StreamDurationConfig(Optional.empty(), Optional.empty(), Duration.ZERO);

        assertThat(GrpcTimeout.of(ForwardConfig.to("c").build())).isNull();
        assertThat(GrpcTimeout.of(ForwardConfig.to("c").streamDuration(nothing).build()))
                .isNull();
        StreamDurationConfig off =
                new StreamDurationConfig(Optional.of(Duration.ZERO), Optional.empty(), Duration.ZERO);
        assertThat(GrpcTimeout.of(ForwardConfig.to("c").streamDuration(off).build()))
                .isNull();
    }
}
