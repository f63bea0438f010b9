/**
 * What must not end, and how the program ends when nothing can go on: threads that everything depends on, which survive
 * whatever is thrown in them ({@link dev.attache.core.vital.VitalThread}), and the place where memory that has run out is
 * told ({@link dev.attache.core.vital.OutOfMemory}).
 */
@NullMarked
package dev.attache.core.vital;

import org.jspecify.annotations.NullMarked;
