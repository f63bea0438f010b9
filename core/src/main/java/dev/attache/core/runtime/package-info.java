/**
 * Values that an operator may override while the proxy runs; start with {@link dev.attache.core.runtime.Runtime}.
 */
@NullMarked
package dev.attache.core.runtime;

import org.jspecify.annotations.NullMarked;
