/**
 * Reads an Envoy v3 bootstrap into a {@link dev.attache.core.config.ProxyConfig}: one class an area, each of which knows
 * the fields of its messages and Envoy's defaults for them. Knows nothing of files but those that a bootstrap itself
 * names (secrets, bodies, formats). Read {@link dev.attache.core.config.envoy.EnvoyBootstrap} first.
 */
@NullMarked
package dev.attache.core.config.envoy;

import org.jspecify.annotations.NullMarked;
