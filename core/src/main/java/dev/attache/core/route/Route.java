package dev.attache.core.route;

import dev.attache.core.http.HttpService;

/**
 * A route, ready.
 *
 * @param virtualHost name of its virtual host
 * @param name        its own name; may be empty
 * @param matcher     which requests it takes
 * @param action      what answers them
 */
record Route(String virtualHost, String name, RouteMatcher matcher, HttpService action) {}
