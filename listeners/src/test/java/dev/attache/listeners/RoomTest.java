package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.net.Descriptors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RoomTest {

    private final AtomicLong openUpstreams = new AtomicLong();
    private final AtomicLong open = new AtomicLong(28);
    private final AtomicLong clock = new AtomicLong();
    private final Descriptors descriptors = new Descriptors(128, () -> open.get() + openUpstreams.get(), clock::get);
    private long mostUpstreams = 1000;
    private final Room room = Room.traffic(descriptors, new Room.Upstreams() {
        @Override
        public long open() {
            return openUpstreams.get();
        }

        @Override
        public long most() {
            return mostUpstreams;
        }
    });

    private int clients() {
        int clients = 0;
        clock.addAndGet(10_000_000_000L); // What is open is counted anew.
        while (room.take()) {
            room.entered();
            open.incrementAndGet();
            clients++;
        }
        return clients;
    }

    @Test
    void leavesEachClientAConnectionToAnUpstream() {
        int clients = clients();

        long left = 128 - open.get();
        assertThat(left - clients).isEqualTo(descriptors.spare() + descriptors.aside());
        assertThat(clients).isEqualTo(44);
    }

    @Test
    void asksForNoMoreThanTheUpstreamsMayHave() {
        mostUpstreams = 8;

        assertThat(clients()).isEqualTo(128 - 28 - 12 - 8);
    }

    @Test
    void countsTheUpstreamsThatAreThere() {
        openUpstreams.set(10);

        assertThat(clients()).isEqualTo(44);
    }

    @Test
    void hasRoomAgainWhenClientsLeave() {
        clients();
        room.left();
        open.decrementAndGet();

        assertThat(clients()).isEqualTo(1);
    }

    @Test
    void keepsItsOwnForTheOperator() {
        clients();
        open.addAndGet(44); // Each has its upstream.
        Room aside = Room.aside(descriptors);

        int operators = 0;
        clock.addAndGet(10_000_000_000L);
        while (aside.take()) {
            open.incrementAndGet();
            operators++;
        }

        assertThat(operators).isEqualTo((int) descriptors.aside());
    }
}
