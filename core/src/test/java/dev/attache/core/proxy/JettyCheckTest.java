package dev.attache.core.proxy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JettyCheckTest {

    private static void check(String member) {
        JettyCheck.check(
                List.of("org.eclipse.jetty.http.HttpFields size ()I", member),
                HttpFields.class.getClassLoader(),
                "12.0.1",
                "12.1.14");
    }

    @ParameterizedTest
    @CsvSource({
        "org.eclipse.jetty.http.NoSuch size ()I, org.eclipse.jetty.http.NoSuch",
        "org.eclipse.jetty.http.HttpFields none ()I, org.eclipse.jetty.http.HttpFields.none",
        "org.eclipse.jetty.http.HttpFields size ()J, org.eclipse.jetty.http.HttpFields.size",
        "org.eclipse.jetty.http.HttpFields EMPTY I, org.eclipse.jetty.http.HttpFields.EMPTY",
        "org.eclipse.jetty.http.HttpField <init> ()V, org.eclipse.jetty.http.HttpField.<init>"
    })
    void refusesInOneSentenceWhatIsMissing(String member, String named) {
        assertThatIllegalStateException()
                .isThrownBy(() -> check(member))
                .withMessage("Attache needs " + named + ", which Jetty 12.0.1 on the class path does not have"
                        + " (built with Jetty 12.1.14: set the Maven property jetty.version to that)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "org.eclipse.jetty.http.HttpFields EMPTY Lorg/eclipse/jetty/http/HttpFields;",
                "org.eclipse.jetty.http.HttpFields hashCode ()I",
                "org.eclipse.jetty.http.HttpFields$Mutable size ()I",
                "org.eclipse.jetty.http.HttpField <init> (Ljava/lang/String;Ljava/lang/String;)V"
            })
    void findsWhatIsThereOrInherited(String member) {
        assertThatCode(() -> check(member)).doesNotThrowAnyException();
    }

    @Test
    void isContentWithWhatItWasBuiltWith() {
        assertThatCode(() -> JettyCheck.require(InProcess.class)).doesNotThrowAnyException();
    }
}
