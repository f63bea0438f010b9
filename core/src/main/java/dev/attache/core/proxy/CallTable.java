package dev.attache.core.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The calls in progress. Nearly all find a free slot at the first try, and cost two writes; those that find none in a few
 * go elsewhere. Safe for use by all threads.
 */
final class CallTable {

    private static final int SLOTS = 1024;
    private static final int TRIES = 8;
    private static final int ELSEWHERE = -1;

    private final AtomicReferenceArray<InProcessCall> slots = new AtomicReferenceArray<>(SLOTS);
    private final Set<InProcessCall> others = ConcurrentHashMap.newKeySet();

    /** Adds one; whoever asks for {@link #all} afterwards sees it. */
    void add(InProcessCall call) {
        int random = ThreadLocalRandom.current().nextInt();
        for (int i = 0; i < TRIES; i++) {
            int slot = random + i & SLOTS - 1;
            if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, call)) {
                call.slot = slot;
                return;
            }
        }
        call.slot = ELSEWHERE;
        others.add(call);
    }

    /** Takes one out that was added. */
    void remove(InProcessCall call) {
        if (call.slot == ELSEWHERE) {
            others.remove(call);
        } else {
            slots.setRelease(call.slot, null);
        }
    }

    /** All of them, as they are now. */
    List<InProcessCall> all() {
        List<InProcessCall> all = new ArrayList<>(others);
        for (int slot = 0; slot < SLOTS; slot++) {
            InProcessCall call = slots.get(slot);
            if (call != null) {
                all.add(call);
            }
        }
        return all;
    }
}
