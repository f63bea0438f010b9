package dev.attache.core.upstream;

import java.util.List;

/** Finds the endpoints of a cluster, once or again and again. Started once, closed once. */
interface EndpointDiscovery extends AutoCloseable {

    /** Hears what was found; called by one thread at a time. */
    interface Listener {

        /** The endpoints from now on. An endpoint that stays is the same object as before. */
        void endpoints(List<Endpoint> found);

        /** Discovery has given its first answer, good or bad. */
        void ready();
    }

    void start(Listener listener);

    /** The state of each DNS name; empty where there is none. */
    List<NameState> names();

    /** Ends discovery; does not wait for a look-up under way, whose result is dropped. */
    @Override
    void close();
}
