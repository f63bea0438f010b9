/**
 * Server sockets and the protocol code on them: a request is read here, handed to its {@link
 * dev.attache.core.proxy.HttpEntry} on the virtual thread of its connection, and its response written. Start with {@link
 * dev.attache.listeners.ListenerManager} for sockets, {@link dev.attache.listeners.Http1Connection} for requests. The
 * one room of jetty-server, whose codecs {@link dev.attache.listeners.VirtualThreadConnector} carries; nothing here knows
 * routes, filters or upstreams.
 */
@NullMarked
package dev.attache.listeners;

import org.jspecify.annotations.NullMarked;
