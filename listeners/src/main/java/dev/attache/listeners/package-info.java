/**
 * Server sockets and the protocol code on them: a request is read here, handed to its {@link
 * dev.attache.core.proxy.HttpEntry} on a virtual thread, and its response written. Start with {@link
 * dev.attache.listeners.ListenerManager} for sockets, {@link dev.attache.listeners.ExchangeHandler} for requests. The
 * one room of jetty-server; nothing here knows routes, filters or upstreams.
 */
@NullMarked
package dev.attache.listeners;

import org.jspecify.annotations.NullMarked;
