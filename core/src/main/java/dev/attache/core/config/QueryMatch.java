package dev.attache.core.config;

import java.util.Optional;

/**
 * A condition on one query parameter; the first value counts.
 *
 * @param name  name of the parameter
 * @param value test of its value; empty means that the parameter must be there
 */
public record QueryMatch(String name, Optional<StringMatch> value) {
    public QueryMatch {
        Checks.notEmpty("name", name);
    }
}
