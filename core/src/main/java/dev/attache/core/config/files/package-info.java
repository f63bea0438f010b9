/**
 * Files to a configuration: which language a file is written in, how several are put together, and the checks that
 * hold for every language. Knows no language's fields. Read {@code ConfigFiles} first.
 */
@NullMarked
package dev.attache.core.config.files;

import org.jspecify.annotations.NullMarked;
