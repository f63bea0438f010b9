/**
 * How answers that the proxy makes by itself look: mappers, error pages, formats. Whether there is such an answer is
 * decided elsewhere. Start with {@link dev.attache.core.localreply.LocalReplies}.
 */
@NullMarked
package dev.attache.core.localreply;

import org.jspecify.annotations.NullMarked;
