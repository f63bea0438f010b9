package dev.attache.admin;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** A program that has no memory left, and notices it as its argument says. */
public final class OutOfMemoryStand {

    private OutOfMemoryStand() {}

    public static void main(String[] arguments) throws InterruptedException {
        LastWords.arm();
        switch (arguments[0]) {
            case "thread" -> Thread.ofPlatform().start(OutOfMemoryStand::exhaust);
            case "virtual" -> Thread.ofVirtual().start(OutOfMemoryStand::exhaust);
            case "library" -> {
                Logging.start("info", Map.of());
                try {
                    exhaust();
                } catch (OutOfMemoryError caught) {
                    LoggerFactory.getLogger("a.library").warn("went wrong", new IOException(caught));
                }
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        new CountDownLatch(1).await();
    }

    private static void exhaust() {
        byte[][] all = new byte[Integer.MAX_VALUE - 8][];
        throw new IllegalStateException("there is memory for " + all.length);
    }
}
