/**
 * Failure as a value, and what is done about it: {@link dev.attache.core.policy.Outcome} and the policy chain. The
 * one room of Failsafe.
 */
@NullMarked
package dev.attache.core.policy;

import org.jspecify.annotations.NullMarked;
