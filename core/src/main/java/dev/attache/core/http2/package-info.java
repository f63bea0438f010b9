/**
 * HTTP/2 for both sides: the server library's codec on blocking connections and virtual threads, and streams that are
 * read and written by threads that wait.
 */
@NullMarked
package dev.attache.core.http2;

import org.jspecify.annotations.NullMarked;
