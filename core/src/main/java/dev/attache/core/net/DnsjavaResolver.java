package dev.attache.core.net;

import dev.attache.core.config.Address;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.DnsConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Gauge;
import dev.attache.core.stats.StatScope;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Looks names up as the C library does: literal addresses, the hosts file, then the servers with the search domains of
 * resolv.conf, both files read again when they change. Nothing is cached: whoever asks knows how long an answer holds.
 *
 * <p>Each question is asked on the caller's thread; there are no threads to end, and no state outside of this object.
 * The library provides the messages alone ({@link DnsTransport} says why).
 *
 * <p>A name that one server does not answer for (time out, SERVFAIL, REFUSED) is asked of the next. When all fail, the
 * look-up fails and further search domains are not tried: another machine of the same short name must not take the
 * traffic while a server has a bad moment. Where both families are asked, one that fails while the other has addresses
 * counts as empty: servers that break on AAAA are common.
 */
public final class DnsjavaResolver implements DnsResolver {

    /** Look-ups at one time; the rest wait, so that a start with a thousand names does not drown the server. */
    private static final int MAX_CONCURRENT = 64;

    /** Nothing may bind a name to an address for longer. */
    private static final long MAX_TTL_SECONDS = 86_400;

    private static final List<InetAddress> LOOPBACK =
            List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

    private final DnsConfig config;
    private final List<InetSocketAddress> servers;
    private final RereadFile<HostsFile> hosts;
    private final RereadFile<ResolvConf> resolvConf;
    private final DnsTransport transport = new DnsTransport();
    private final Semaphore permits = new Semaphore(MAX_CONCURRENT);
    private final Counter resolveTotal;
    private final Gauge pending;
    private final Counter notFound;
    private final Counter timeouts;
    private final Counter failures;

    /**
     * A resolver.
     *
     * @param scope {@code dns.cares.}, the name that Envoy's users watch
     * @throws ConfigException where a server is not given by its address
     */
    public DnsjavaResolver(DnsConfig config, StatScope scope) {
        this.config = config;
        this.servers =
                config.servers().stream().map(DnsjavaResolver::serverAddress).toList();
        this.hosts = new RereadFile<>(config.hostsFile(), HostsFile::parse);
        this.resolvConf = new RereadFile<>(config.resolvConf(), ResolvConf::parse);
        this.resolveTotal = scope.counter("resolve_total");
        this.pending = scope.gauge("pending_resolutions");
        this.notFound = scope.counter("not_found");
        this.timeouts = scope.counter("timeout");
        this.failures = scope.counter("get_addr_failure");
    }

    @Override
    public Answer lookup(String name, DnsFamily family) throws LookupException {
        InetAddress literal = Literals.parse(name);
        if (literal != null) {
            return new Answer(List.of(literal), Duration.ZERO);
        }
        List<InetAddress> local = ofFamily(known(name), family);
        if (!local.isEmpty()) {
            return new Answer(named(name, local), Duration.ZERO);
        }
        resolveTotal.increment();
        pending.increment();
        try {
            permits.acquire();
            try {
                return search(name, family);
            } finally {
                permits.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupException("interrupted");
        } catch (LookupException e) {
            failures.increment();
            throw e;
        } finally {
            pending.decrement();
        }
    }

    /** What is known without a server. */
    private List<InetAddress> known(String name) {
        List<InetAddress> addresses = hosts.value().addresses(name);
        return addresses.isEmpty() && isLocalhost(name) ? LOOPBACK : addresses;
    }

    /** RFC 6761 6.3: never asked of a server. */
    private static boolean isLocalhost(String name) {
        String lower = "." + name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".localhost") || lower.endsWith(".localhost.");
    }

    private static List<InetAddress> ofFamily(List<InetAddress> all, DnsFamily family) {
        List<InetAddress> v4 =
                all.stream().filter(Inet4Address.class::isInstance).toList();
        List<InetAddress> v6 =
                all.stream().filter(Inet6Address.class::isInstance).toList();
        return switch (family) {
            case V4_ONLY -> v4;
            case V6_ONLY -> v6;
            case AUTO -> v6.isEmpty() ? v4 : v6;
            case V4_PREFERRED -> v4.isEmpty() ? v6 : v4;
            case ALL -> all;
        };
    }

    private static List<InetAddress> named(String name, List<InetAddress> addresses) {
        return addresses.stream()
                .map(address -> Literals.named(name, address))
                .distinct()
                .toList();
    }

    private Answer search(String name, DnsFamily family) throws LookupException {
        ResolvConf settings = settings();
        for (String candidate : settings.candidates(name)) {
            Found found = addresses(parse(candidate), family, settings);
            if (!found.addresses().isEmpty()) {
                long ttl = Math.min(found.ttlSeconds(), MAX_TTL_SECONDS);
                return new Answer(named(name, List.copyOf(found.addresses())), Duration.ofSeconds(ttl));
            }
        }
        notFound.increment();
        return new Answer(List.of(), Duration.ZERO);
    }

    private ResolvConf settings() {
        ResolvConf settings = resolvConf.value();
        if (!servers.isEmpty()) {
            settings = settings.withServers(servers);
        }
        return config.search().isPresent() ? settings.withSearch(config.search().get()) : settings;
    }

    private static InetSocketAddress serverAddress(Address.Socket server) {
        InetAddress address = Literals.parse(server.host());
        if (address == null) {
            throw new ConfigException("dns.servers", server.toString(), "IP address and port");
        }
        return new InetSocketAddress(address, server.port());
    }

    private static Name parse(String absolute) throws LookupException {
        try {
            return Name.fromString(absolute);
        } catch (TextParseException e) {
            throw new LookupException(absolute + " is no DNS name: " + e.getMessage());
        }
    }

    /** What was found in one family or in both. */
    private record Found(Set<InetAddress> addresses, long ttlSeconds) {
        static final Found NOTHING = new Found(Set.of(), Long.MAX_VALUE);

        Found and(Found other) {
            Set<InetAddress> both = new LinkedHashSet<>(addresses);
            both.addAll(other.addresses);
            return new Found(both, Math.min(ttlSeconds, other.ttlSeconds));
        }
    }

    private Found addresses(Name name, DnsFamily family, ResolvConf settings) throws LookupException {
        return switch (family) {
            case V4_ONLY -> ask(name, Type.A, settings);
            case V6_ONLY -> ask(name, Type.AAAA, settings);
            case AUTO -> both(name, Type.AAAA, Type.A, false, settings);
            case V4_PREFERRED -> both(name, Type.A, Type.AAAA, false, settings);
            case ALL -> both(name, Type.AAAA, Type.A, true, settings);
        };
    }

    private Found both(Name name, int first, int second, boolean all, ResolvConf settings) throws LookupException {
        LookupException failure = null;
        Found found = Found.NOTHING;
        for (int type : new int[] {first, second}) {
            try {
                found = found.and(ask(name, type, settings));
            } catch (LookupException e) {
                failure = e;
            }
            if (!all && !found.addresses().isEmpty()) {
                return found;
            }
        }
        if (found.addresses().isEmpty() && failure != null) {
            throw failure;
        }
        return found;
    }

    /** Asks for one type of address, again for the target where a server stops in the middle of a chain of aliases. */
    private Found ask(Name name, int type, ResolvConf settings) throws LookupException {
        Name next = name;
        long ttl = Long.MAX_VALUE;
        for (int i = 0; i <= DnsAnswer.MAX_ALIASES; i++) {
            DnsAnswer answer = DnsAnswer.read(anyServer(next, type, settings), next, type);
            ttl = Math.min(ttl, answer.ttlSeconds());
            if (answer.complete()) {
                return new Found(new LinkedHashSet<>(answer.addresses()), ttl);
            }
            next = answer.end();
        }
        throw new LookupException(name + ": more than " + DnsAnswer.MAX_ALIASES + " aliases");
    }

    private Message anyServer(Name name, int type, ResolvConf settings) throws LookupException {
        List<String> reasons = new ArrayList<>();
        for (int attempt = 0; attempt < settings.attempts(); attempt++) {
            for (InetSocketAddress server : settings.servers()) {
                String reason;
                try {
                    Message answer = askServer(name, type, server, settings);
                    reason = refusal(answer);
                    if (reason == null) {
                        return answer;
                    }
                } catch (SocketTimeoutException e) {
                    timeouts.increment();
                    reason = "time out";
                } catch (IOException e) {
                    reason = String.valueOf(e.getMessage());
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new LookupException("interrupted");
                }
                reasons.add(server.getAddress().getHostAddress() + ":" + server.getPort() + ": " + reason);
            }
        }
        throw new LookupException(name + " " + Type.string(type) + ": " + String.join(", ", reasons));
    }

    /** Why an answer is none; null where it is one. */
    private static @Nullable String refusal(Message answer) {
        int rcode = answer.getRcode();
        if (DnsAnswer.isReferral(answer)) {
            return "referral";
        }
        return rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN ? null : Rcode.string(rcode);
    }

    private Message askServer(Name name, int type, InetSocketAddress server, ResolvConf settings) throws IOException {
        Duration timeout = settings.timeout().compareTo(config.timeout()) < 0 ? settings.timeout() : config.timeout();
        boolean tcpOnly = config.tcpOnly() || settings.tcpOnly();
        Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        query.addRecord(new OPTRecord(DnsTransport.UDP_BYTES, 0, 0), Section.ADDITIONAL);
        Message answer = transport.ask(query, server, timeout, tcpOnly);
        if (answer.getRcode() == Rcode.FORMERR || answer.getRcode() == Rcode.NOTIMP) {
            // RFC 6891 7: a server that does not know EDNS is asked without it.
            query.removeAllRecords(Section.ADDITIONAL);
            answer = transport.ask(query, server, timeout, tcpOnly);
        }
        return answer;
    }

    /** Breaks off look-ups under way and refuses new ones. */
    @Override
    public void close() {
        transport.close();
    }
}
