package dev.attache.core.http2;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FloodGuardTest {

    @Test
    void endsAConnectionWithMoreSuspectFramesThanASecondMayHave() throws Exception {
        FloodGuard guard = new FloodGuard(1_000_000, 0);
        for (int i = 0; i < 1000; i++) {
            guard.suspect("PING");
        }
        FloodGuard strict = new FloodGuard(3, 0);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        strict.suspect("PING");
                    }
                })
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        calm -> org.assertj.core.api.Assertions.assertThat(calm.code())
                                .isEqualTo(ErrorCode.ENHANCE_YOUR_CALM))
                .hasMessageContaining("the last one PING");
    }

    @Test
    void windowMayBeReturnedInProportionToStreamsAndDataFrames() throws Exception {
        FloodGuard guard = new FloodGuard(128, 10);
        for (int i = 0; i < 5; i++) {
            guard.windowReturned();
        }
        assertThatThrownBy(guard::windowReturned).hasMessageContaining("6 WINDOW_UPDATE frames");

        guard.streamOpened();
        guard.dataSent();
        for (int i = 7; i <= 5 + 2 * (1 + 10); i++) {
            guard.windowReturned();
        }
        assertThatThrownBy(guard::windowReturned).isInstanceOf(ConnectionException.class);
    }

    @Test
    void zeroSwitchesALimitOff() {
        FloodGuard guard = new FloodGuard(0, 0);

        assertThatCode(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        guard.suspect("PING");
                        guard.windowReturned();
                    }
                })
                .doesNotThrowAnyException();
    }
}
