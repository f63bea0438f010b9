package dev.attache.core.http2;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of a connection by their numbers, and what is known of those that are not open any more. All calls under
 * the lock of the session.
 */
final class StreamTable {

    /** Streams that this side has reset, of which the peer may not have heard: so many are remembered. */
    private static final int REMEMBERED = 128;

    private final boolean client;
    private final Map<Integer, Http2Stream> open = new HashMap<>();
    private final int[] reset = new int[REMEMBERED];
    private int resets;
    private int lastOfPeer;
    private int nextOfOurs = 1;

    /** Without streams; {@code client} where this side opens them. */
    StreamTable(boolean client) {
        this.client = client;
    }

    @Nullable
    Http2Stream get(int id) {
        return open.get(id);
    }

    int size() {
        return open.size();
    }

    /** All that are open, as they are now. */
    List<Http2Stream> all() {
        return new ArrayList<>(open.values());
    }

    /** The peer opens a stream. */
    void opened(Http2Stream stream) {
        open.put(stream.id, stream);
    }

    /** This side opens a stream, which gets its number. Returns whether there was one left. */
    boolean open(Http2Stream stream) {
        if (nextOfOurs < 0) {
            return false;
        }
        stream.id = nextOfOurs;
        nextOfOurs += 2;
        open.put(stream.id, stream);
        return true;
    }

    boolean remove(Http2Stream stream) {
        return open.remove(stream.id, stream);
    }

    /** The last stream of the peer's that was seen; 0 for none. */
    int lastOfPeer() {
        return lastOfPeer;
    }

    /** The peer has used this number, and with it all smaller ones. */
    void seen(int id) {
        lastOfPeer = id;
    }

    /** Whether nobody has opened a stream of this number yet. */
    boolean isIdle(int id) {
        boolean ours = (id & 1) == (client ? 1 : 0);
        return ours ? !client || (nextOfOurs > 0 && id >= nextOfOurs) : id > lastOfPeer;
    }

    /** This side has reset the stream. */
    void noteReset(int id) {
        reset[resets++ & REMEMBERED - 1] = id;
    }

    /** Whether this side has reset the stream not long ago, so that the peer may still send on it. */
    boolean wasReset(int id) {
        for (int known : reset) {
            if (known == id) {
                return true;
            }
        }
        return false;
    }
}
