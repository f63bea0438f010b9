/** One attempt over HTTP/2: connections that many requests share, streams, and the choice between HTTP/1.1 and HTTP/2. */
@NullMarked
package dev.attache.core.upstream.http2;

import org.jspecify.annotations.NullMarked;
