package dev.attache.listeners;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Space to make a response's head in, and to put a small body behind it: needed for as long as it takes to write them,
 * so that a few are enough for any number of connections. Safe for use by all threads.
 */
final class ScratchPool {

    private static final int SIZE = 16 * 1024;
    private static final int SLOTS = 16;

    private final AtomicReferenceArray<byte @Nullable []> free = new AtomicReferenceArray<>(SLOTS);

    byte[] take() {
        byte[] space = free.getAndSet(slot(), null);
        return space == null ? new byte[SIZE] : space;
    }

    void give(byte[] space) {
        free.lazySet(slot(), space);
    }

    private static int slot() {
        return (int) Thread.currentThread().threadId() & SLOTS - 1;
    }
}
