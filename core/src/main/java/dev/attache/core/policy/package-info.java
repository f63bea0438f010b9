/**
 * Failure as a value, and what is done about it: {@link dev.attache.core.policy.Outcome} is what became of an attempt,
 * {@link dev.attache.core.policy.PolicyChain} decides what follows. What an attempt is, and how it is counted, it knows
 * only as {@link dev.attache.core.policy.Attempts}. The one room of Failsafe.
 */
@NullMarked
package dev.attache.core.policy;

import org.jspecify.annotations.NullMarked;
