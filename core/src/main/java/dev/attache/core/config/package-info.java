/**
 * What a proxy is told to do, as immutable records that are valid by being there; start with {@link
 * dev.attache.core.config.ProxyConfig}. Nothing here reads text or runs: readers live in the sub-packages, running
 * objects in {@code core.proxy}.
 */
@NullMarked
package dev.attache.core.config;

import org.jspecify.annotations.NullMarked;
