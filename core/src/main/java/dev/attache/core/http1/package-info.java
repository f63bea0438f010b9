/**
 * What both sides of the proxy have in common in writing HTTP/1: {@link dev.attache.core.http1.HeadBytes}. Knows neither
 * sockets nor who is at the other end.
 */
@NullMarked
package dev.attache.core.http1;

import org.jspecify.annotations.NullMarked;
