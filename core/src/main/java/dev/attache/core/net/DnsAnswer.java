package dev.attache.core.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What a message says of a name: the addresses at the end of its chain of aliases.
 *
 * @param addresses  addresses of the last name; empty where it has none
 * @param end        the last name of the chain
 * @param ttlSeconds lowest time to live of all records on the way; {@link Long#MAX_VALUE} where there was none
 * @param complete   whether the message says all; otherwise {@code end} is to be asked for
 */
record DnsAnswer(List<InetAddress> addresses, Name end, long ttlSeconds, boolean complete) {

    /** Longer chains are taken for loops. */
    static final int MAX_ALIASES = 16;

    /** Reads the answer for a name, whose records may stand in any order. */
    static DnsAnswer read(Message message, Name name, int type) {
        List<Record> records = message.getSection(Section.ANSWER);
        long ttl = Long.MAX_VALUE;
        Name end = name;
        for (int i = 0; i <= MAX_ALIASES; i++) {
            List<InetAddress> addresses = new ArrayList<>();
            CNAMERecord alias = null;
            for (Record record : records) {
                if (!record.getName().equals(end)) {
                    continue;
                }
                if (record.getType() == type) {
                    addresses.add(address(record));
                    ttl = Math.min(ttl, record.getTTL());
                } else if (record instanceof CNAMERecord cname) {
                    alias = cname;
                }
            }
            if (!addresses.isEmpty()) {
                return new DnsAnswer(addresses, end, ttl, true);
            }
            if (alias == null) {
                return new DnsAnswer(List.of(), end, ttl, end.equals(name) || saysNo(message));
            }
            ttl = Math.min(ttl, alias.getTTL());
            end = alias.getTarget();
        }
        return new DnsAnswer(List.of(), end, ttl, true);
    }

    private static InetAddress address(Record record) {
        return switch (record) {
            case ARecord v4 -> v4.getAddress();
            case AAAARecord v6 -> v6.getAddress();
            default -> throw new IllegalArgumentException(Type.string(record.getType()));
        };
    }

    /** Whether the server has followed the chain to its end and found nothing there. */
    private static boolean saysNo(Message message) {
        return message.getRcode() == Rcode.NXDOMAIN || hasAuthority(message, Type.SOA);
    }

    /** Whether the server does not know, and names others who might: no answer from one that should find out. */
    static boolean isReferral(Message message) {
        return message.getRcode() == Rcode.NOERROR
                && message.getSection(Section.ANSWER).isEmpty()
                && hasAuthority(message, Type.NS)
                && !hasAuthority(message, Type.SOA);
    }

    private static boolean hasAuthority(Message message, int type) {
        return message.getSection(Section.AUTHORITY).stream().anyMatch(record -> record.getType() == type);
    }
}
