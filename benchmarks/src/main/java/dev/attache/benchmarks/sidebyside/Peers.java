package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.peers.JettyProxy;
import dev.attache.benchmarks.peers.UndertowProxy;
import dev.attache.benchmarks.peers.VertxProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The peers by name. */
final class Peers {

    /** In the order of their turns. */
    static final List<String> NAMES = List.of("attache", "haproxy", "nginx", "caddy", "undertow", "vertx", "jetty");

    static final String HAPROXY = "haproxy";
    static final Set<String> JAVA = Set.of("undertow", "vertx", "jetty");

    private Peers() {}

    /** What the command line asks for, present on this machine or not. */
    static List<Peer> of(Options options) {
        List<Peer> peers = new ArrayList<>();
        options.peers().forEach(name -> peers.add(peer(name, options)));
        options.baseline().ifPresent(jar -> peers.addFirst(new AttachePeer("baseline", jar, 1)));
        return peers;
    }

    private static Peer peer(String name, Options options) {
        return switch (name) {
            case "attache" -> new AttachePeer(name, options.attache(), 1);
            case "haproxy" -> new HaproxyPeer();
            case "nginx" -> new NginxPeer();
            case "caddy" -> new CaddyPeer();
            case "undertow" -> new JavaPeer(name, UndertowProxy.class);
            case "vertx" -> new JavaPeer(name, VertxProxy.class);
            case "jetty" -> new JavaPeer(name, JettyProxy.class);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
