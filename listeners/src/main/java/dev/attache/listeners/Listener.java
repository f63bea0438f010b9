package dev.attache.listeners;

import dev.attache.core.config.ListenerConfig;
import java.net.SocketAddress;
import java.util.List;

/** A running listener. Safe for use by all threads. */
public sealed interface Listener permits HttpListener {

    ListenerConfig config();

    /** Where it is reached, with the ports that the system chose; empty where it binds none. */
    List<SocketAddress> addresses();
}
