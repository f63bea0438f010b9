/**
 * Whatever controls a running proxy: the command line and {@link dev.attache.admin.Main}, the admin interface, the
 * logging backend. Nothing here carries a request; the library below never calls {@code System.exit} and never touches
 * signals, only {@code Main} does.
 */
@NullMarked
package dev.attache.admin;

import org.jspecify.annotations.NullMarked;
