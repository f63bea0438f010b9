/**
 * How streams end, judged from outside: both peers of an embedded proxy are played frame by frame, and what each has seen
 * is compared with what the other has sent. Read {@code StreamEndsModelTest} first.
 */
package dev.attache.listeners.ends;
