/**
 * Programs that show Attache at work; each runs as a test as well. Start with {@link
 * dev.attache.examples.EmbeddedApplication}.
 */
@NullMarked
package dev.attache.examples;

import org.jspecify.annotations.NullMarked;
