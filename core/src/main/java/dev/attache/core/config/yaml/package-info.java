/**
 * Text to trees: YAML (and JSON, its subset) with the place of every node, and a reader of typed values that collects
 * problems instead of stopping at the first. The one room of the YAML library; knows nothing of any language's fields.
 * Read {@link dev.attache.core.config.yaml.Section} first.
 */
@NullMarked
package dev.attache.core.config.yaml;

import org.jspecify.annotations.NullMarked;
