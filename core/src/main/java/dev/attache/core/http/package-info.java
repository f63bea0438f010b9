/**
 * The HTTP model of the data path: a {@link dev.attache.core.http.Request} goes down through {@link
 * dev.attache.core.http.HttpFilter filters} to an {@link dev.attache.core.http.HttpService}, a {@link
 * dev.attache.core.http.Response} comes back, and an {@link dev.attache.core.http.Exchange} notes what happened.
 * Knows neither sockets nor configuration.
 */
@NullMarked
package dev.attache.core.http;

import org.jspecify.annotations.NullMarked;
