/**
 * Access logs: which exchanges are written, as what, and where to; start with {@link
 * dev.attache.core.accesslog.AccessLog}.
 */
@NullMarked
package dev.attache.core.accesslog;

import org.jspecify.annotations.NullMarked;
