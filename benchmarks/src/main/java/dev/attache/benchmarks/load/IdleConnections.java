package dev.attache.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of many connections that are silent. Obeys {@code PORT COUNT} by opening so many, one request on each, and
 * {@code again} by another request on each, which shows that they were kept; answers with the number of those that failed.
 */
public final class IdleConnections {

    private IdleConnections() {}

    /** Obeys until standard input ends. */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<RawConnection> connections = new ArrayList<>();
        Lines.obey(words -> {
            int failed = words[0].equals("again")
                    ? again(connections)
                    : open(connections, Integer.parseInt(words[0]), Integer.parseInt(words[1]));
            return Integer.toString(failed);
        });
    }

    private static int open(List<RawConnection> connections, int port, int count) {
        int failed = 0;
        for (int i = 0; i < count; i++) {
            try {
                RawConnection connection = RawConnection.open(port, "/b100");
                connections.add(connection);
                failed += answers(connection) ? 0 : 1;
            } catch (IOException refused) {
                failed++;
            }
        }
        return failed;
    }

    private static int again(List<RawConnection> connections) {
        return (int)
                connections.stream().filter(connection -> !answers(connection)).count();
    }

    private static boolean answers(RawConnection connection) {
        try {
            connection.send();
            return connection.receive() == 200;
        } catch (IOException broken) {
            return false;
        }
    }
}
