package dev.attache.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcTest {

    @ParameterizedTest
    @CsvSource({
        "application/grpc, true",
        "application/grpc+proto, true",
        "application/grpc+json, true",
        "application/grpc-web, false",
        "application/grpc-web+proto, false",
        "application/grp, false",
        "text/plain, false",
        ", false"
    })
    void isToldByTheContentTypeAlone(String contentType, boolean grpc) {
        HttpFields.Mutable headers = HttpFields.build();
        if (contentType != null) {
            headers.put("content-type", contentType);
        }

        assertThat(Grpc.isGrpc(headers)).isEqualTo(grpc);
    }

    @ParameterizedTest
    @CsvSource({
        "1H, 3600000000000",
        "2M, 120000000000",
        "3S, 3000000000",
        "4m, 4000000",
        "5u, 5000",
        "6n, 6",
        "0m, 0",
        "00000007m, 7000000",
        "99999999H, 9223372036854775807"
    })
    void readsATimeout(String value, long nanos) {
        assertThat(Grpc.timeoutNanos(HttpFields.build().put("grpc-timeout", value)))
                .isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "5", "5s", "-1m", "+1m", "1.5S", "5 m", "123456789m", "5mm", "٣m"})
    void passesATimeoutOverThatIsNone(String value) {
        assertThat(Grpc.timeoutNanos(HttpFields.build().put("grpc-timeout", value)))
                .isEqualTo(-1);
    }

    @Test
    void writesATimeoutThatItCanRead() {
        assertThat(Grpc.timeout(1).getValue()).isEqualTo("1m");
        assertThat(Grpc.timeout(1_000_001).getValue()).isEqualTo("2m");
        assertThat(Grpc.timeout(Duration.ofHours(30).toNanos()).getValue()).isEqualTo("108000S");
        assertThat(Grpc.timeoutNanos(HttpFields.build().put(Grpc.timeout(Long.MAX_VALUE / 2))))
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "400, 13", "401, 16", "403, 7", "404, 12", "429, 14", "502, 14", "503, 14", "504, 14", "500, 2", "408, 2",
        "200, 2", "0, -1"
    })
    void standsForAnHttpStatusAsTheSpecificationSays(int http, int grpc) {
        assertThat(GrpcStatus.ofHttp(http)).isEqualTo(grpc);
    }

    @ParameterizedTest
    @CsvSource({"0, 200", "2, 500", "4, 504", "5, 404", "8, 429", "12, 501", "13, 500", "14, 503", "16, 401", "99, 500"
    })
    void isJudgedByTheHttpStatusThatItStandsFor(int grpc, int http) {
        assertThat(GrpcStatus.toHttp(grpc)).isEqualTo(http);
    }
}
