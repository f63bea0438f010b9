package dev.attache.admin;

import dev.attache.core.vital.OutOfMemory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends the program when memory has run out: at once, since a proxy that neither serves nor ends keeps its place from one
 * that would. What that takes is made at the start, for then there may be no memory for it; what is told is told by a
 * thread of its own, for nobody may be reading.
 */
final class LastWords implements Runnable {

    /** As the JVM's own option ExitOnOutOfMemoryError has it. */
    static final int EXIT_CODE = 3;

    private static final long WORDS_NANOS = 200_000_000;
    private static final byte[] WORDS = "out of memory: the program ends\n".getBytes(StandardCharsets.US_ASCII);

    private final FileOutputStream stderr = new FileOutputStream(FileDescriptor.err);
    private final Thread speaker =
            Thread.ofPlatform().daemon().name("attache-last-words").unstarted(this::speak);
    private volatile boolean ending;
    private volatile boolean said;

    private LastWords() {}

    /** From now on every OutOfMemoryError that is met, or that ends a thread, ends the process. */
    static void arm() {
        LastWords words = new LastWords();
        words.speaker.start();
        OutOfMemory.endsWith(words);
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            OutOfMemory.look(thrown);
            System.err.println("thread " + thread.getName() + " has ended:");
            thrown.printStackTrace();
        });
    }

    @Override
    public void run() {
        try {
            ending = true;
            LockSupport.unpark(speaker);
            long end = System.nanoTime() + WORDS_NANOS;
            while (!said && System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
        } finally {
            java.lang.Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    private void speak() {
        while (!ending) {
            LockSupport.park(this);
        }
        try {
            stderr.write(WORDS);
        } catch (IOException nobody) {
            // Nobody reads it.
        }
        said = true;
    }
}
