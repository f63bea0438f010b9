/** The whole proxy on loopback sockets, as its users run it: a configuration in, requests through, answers out. */
package dev.attache.admin.served;
