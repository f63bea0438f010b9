/**
 * What both sides of the proxy have in common in HTTP/1: {@link dev.attache.core.http1.MessageParser} reads messages and
 * {@link dev.attache.core.http1.HeadBytes} writes heads. Knows neither sockets nor who is at the other end, and never
 * waits.
 */
@NullMarked
package dev.attache.core.http1;

import org.jspecify.annotations.NullMarked;
