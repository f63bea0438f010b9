/**
 * Assembles a configuration into running objects: {@link dev.attache.core.proxy.ProxyGraph} is all that serves one
 * configuration, {@link dev.attache.core.proxy.HttpEntry} the way into one listener, {@link
 * dev.attache.core.proxy.InProcess} a graph for a host that wants no sockets. The only package that knows all parts of
 * core.
 */
@NullMarked
package dev.attache.core.proxy;

import org.jspecify.annotations.NullMarked;
