/**
 * The {@code %...%} operators of log lines, header values and local replies; start with {@link
 * dev.attache.core.format.Format}.
 */
@NullMarked
package dev.attache.core.format;

import org.jspecify.annotations.NullMarked;
