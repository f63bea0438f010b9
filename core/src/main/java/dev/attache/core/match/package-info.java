/**
 * Conditions on requests and responses, compiled from their configuration: strings, headers, query parameters. Knows
 * neither routes nor policies, which use them. Start with {@link dev.attache.core.match.HeaderMatcher}.
 */
@NullMarked
package dev.attache.core.match;

import org.jspecify.annotations.NullMarked;
