/**
 * Attache beside other proxies, on one machine and in turns: {@link dev.attache.benchmarks.sidebyside.SideBySide} is the
 * one command. A {@code Peer} says how a proxy is run, a {@code Case} what is asked of it, {@code Rounds} takes them in
 * turns, a {@code Section} is the table of what came out. The proxies themselves, and the clients, are processes of
 * their own.
 */
@NullMarked
package dev.attache.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
