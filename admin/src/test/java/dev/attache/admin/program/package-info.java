/** The program as a process of its own: its command line, signals, exit codes, and what it streams in little memory. */
package dev.attache.admin.program;
