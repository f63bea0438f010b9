package dev.attache.listeners.ends;

/**
 * One thing that one peer does on one stream.
 *
 * @param client  who does it: the client, or else the upstream
 * @param act     what is done
 * @param octets  the size of its DATA
 * @param fault   the fault of {@link Act#FAULT}
 * @param held    written together with the next step of the same peer
 * @param watched followed by a wait until the other end has seen it, or the stream is over
 */
record Step(boolean client, Act act, int octets, Fault fault, boolean held, boolean watched) {

    enum Act {
        HEAD,
        /** A head that is all of its message. */
        WHOLE_HEAD,
        HALF_A_HEAD,
        INTERIM,
        DATA,
        LAST_DATA,
        TRAILERS,
        OPEN_WINDOW,
        /** Nothing is done until a deadline has ended the stream. */
        STALL,
        /** A deadline comes about now. */
        RACE,
        FAULT
    }

    static Step of(boolean client, Act act, int octets) {
        return new Step(client, act, octets, Fault.SILENCE, false, false);
    }

    static Step of(boolean client, Fault fault) {
        return new Step(client, Act.FAULT, 0, fault, false, false);
    }

    Step held(boolean value) {
        return new Step(client, act, octets, fault, value, watched);
    }

    Step watched(boolean value) {
        return new Step(client, act, octets, fault, held, value);
    }

    @Override
    public String toString() {
        return (client ? "client " : "upstream ")
                + (act == Act.FAULT ? fault.name() : act.name())
                + (octets > 0 ? " " + octets : "")
                + (held ? " (held)" : watched ? " (watched)" : "");
    }
}
