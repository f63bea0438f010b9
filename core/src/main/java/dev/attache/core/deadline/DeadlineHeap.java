package dev.attache.core.deadline;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of any duration: a binary heap whose entries know their places, so that one is taken out of the middle in
 * O(log n). Its array shrinks again when it is a quarter full.
 */
final class DeadlineHeap extends DeadlineHolder {

    private static final int SMALLEST = 64;

    private @Nullable Deadline[] entries = new Deadline[SMALLEST];
    private int size;

    DeadlineHeap(Deadlines deadlines) {
        super(deadlines);
    }

    @Override
    boolean add(Deadline deadline) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size * 2);
        }
        siftUp(size++, deadline);
        return deadline.index == 0;
    }

    @Override
    void remove(Deadline deadline) {
        int hole = deadline.index;
        Deadline last = at(--size);
        entries[size] = null;
        if (hole != size) {
            siftDown(hole, last);
            if (last.index == hole) {
                siftUp(hole, last);
            }
        }
        if (entries.length > SMALLEST && size < entries.length / 4) {
            entries = Arrays.copyOf(entries, entries.length / 2);
        }
    }

    @Override
    @Nullable
    Deadline first() {
        return entries[0];
    }

    int capacity() {
        return entries.length;
    }

    private Deadline at(int place) {
        Deadline entry = entries[place];
        if (entry == null) {
            throw new IllegalStateException("empty place " + place + " of " + size);
        }
        return entry;
    }

    private void siftUp(int from, Deadline deadline) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            Deadline above = at(parent);
            if (above.instant - deadline.instant <= 0) {
                break;
            }
            put(place, above);
            place = parent;
        }
        put(place, deadline);
    }

    private void siftDown(int from, Deadline deadline) {
        int place = from;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && at(child + 1).instant - at(child).instant < 0) {
                child++;
            }
            Deadline below = at(child);
            if (deadline.instant - below.instant <= 0) {
                break;
            }
            put(place, below);
            place = child;
        }
        put(place, deadline);
    }

    private void put(int place, Deadline deadline) {
        entries[place] = deadline;
        deadline.index = place;
    }
}
