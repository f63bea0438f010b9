package dev.attache.core.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.re2j.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(.*){1,1000}x",
                "(?:.*){1,1000}",
                "((a{100}){100}){100}",
                "(((((.?){30}){30}){30}){30}){30}",
                "(?:(?:\\pL{60}){60}){60}",
                "[^/]{1000}[^/]{1000}[^/]{1000}",
                "(?i:[[:alpha:]]]{900}){900}",
                "(?P<name>x{1000}){1000}",
                "(\\Qa.b\\E{1000}){1000}",
                "(){1000}{1000}",
                "(|a*){1,1000}{1000}"
            })
    void aProgramThatIsTooLargeIsRefusedWithItsReason(String expression) {
        String message = assertThrows(IllegalArgumentException.class, () -> Regex.compile(expression))
                .getMessage();
        assertTrue(
                message.contains("instructions where 2500 are allowed") || message.startsWith("not an RE2 expression"),
                message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^/w(iki)?/.*$",
                "[a-z0-9-]{1,253}",
                ".{1,1000}",
                "\\x{10FFFF}{3}",
                "\\p{Greek}{2,}",
                "[]{900}]",
                "[^]{900}]",
                "a{,900}",
                "{900}",
                "(?i)en\\.(m\\.)?wiki(pedia|news)\\.org",
                "\\Q{900}{900}{900}\\E",
                "[\\]{900}]{2}",
                "(?s-i:.*)x"
            })
    void ordinaryExpressionsCompile(String expression) {
        Pattern program;
        try {
            program = Pattern.compile(expression);
        } catch (com.google.re2j.PatternSyntaxException notRe2) {
            return;
        }
        Regex.compile(expression);
        assertTrue(ProgramSize.atMost(expression) >= program.programSize());
        assertTrue(
                ProgramSize.atMost(expression) <= 4 * program.programSize() + 20,
                () -> ProgramSize.atMost(expression) + " for " + program.programSize());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "abc",
                "",
                "a*",
                "a+",
                "a?",
                "a*?",
                "(a)",
                "(a|b|cd)",
                "(?:ab){3}",
                "(a*){2,5}",
                "(a{2,}){2,}",
                "a|b|",
                "(|x|)",
                "^a$",
                "\\bx\\B",
                "(a?b+c*){7}",
                "[ab]{0,9}",
                "(((a)))",
                "(?:){4}",
                "x{0}",
                "x{0,1}",
                "(x{0}){9}",
                "(ab|cd|ef|.*){5}"
            })
    void theBoundIsNeverBelowTheProgram(String expression) {
        int size = Pattern.compile(expression).programSize();
        assertTrue(ProgramSize.atMost(expression) >= size, () -> ProgramSize.atMost(expression) + " for " + size);
    }

    @Test
    void aLongListOfNamesIsNoLargeProgram() {
        String names = "(" + "name|".repeat(300) + "other)";
        assertTrue(Regex.compile(names).matches("other"));
    }

    @Test
    void aLongExpressionIsMeasuredInOnePass() {
        String open = "[".repeat(2_000_000);
        assertThrows(IllegalArgumentException.class, () -> Regex.compile("a{".repeat(1_000_000)));
        assertThrows(IllegalArgumentException.class, () -> Regex.compile("(".repeat(1_000_000)));
        assertThrows(IllegalArgumentException.class, () -> Regex.compile(open));
    }

    @Test
    void aCallerMaySetASmallerLimit() {
        assertEquals("abc", Regex.compile("abc", 10).toString());
        assertThrows(IllegalArgumentException.class, () -> Regex.compile("abcdefghijklm", 10));
    }
}
