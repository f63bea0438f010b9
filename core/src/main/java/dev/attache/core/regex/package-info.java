/**
 * RE2 regular expressions, which run in linear time whatever the pattern; the one room of their library.
 */
@NullMarked
package dev.attache.core.regex;

import org.jspecify.annotations.NullMarked;
