package dev.attache.benchmarks.sidebyside;

import java.util.List;

/**
 * What a client that keeps a proxy busy printed.
 *
 * @param requests answered ones
 * @param rate     of them in a second
 * @param errors   its lines on what went wrong; empty where all went well
 */
record Load(long requests, double rate, List<String> errors) {}
