/** Reads ARCHITECTURE.md and holds the code to it. */
package dev.attache.admin.architecture;
