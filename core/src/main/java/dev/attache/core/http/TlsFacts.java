package dev.attache.core.http;

import javax.net.ssl.SSLSession;

/**
 * What is known of the TLS of a downstream connection.
 *
 * @param serverName the name that the client asked for, in lower case; empty for none
 * @param session    versions, suite and certificates of both sides
 */
public record TlsFacts(String serverName, SSLSession session) {}
