package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.DnsConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the keys that hold for all listeners. */
final class SettingsReader {

    private static final int DNS_PORT = 53;

    private final TopLevel top;
    private final Notes notes;

    SettingsReader(TopLevel top, Notes notes) {
        this.top = top;
        this.notes = notes;
    }

    Settings read() {
        Dialect dialect = top.dialect();
        boolean ipv6 = top.value("listen_ipv6").flatMap(Value::bool).orElse(dialect != Dialect.NATIVE);
        List<String> given =
                top.value("listen_address").map(ListenAddresses::read).orElse(List.of());
        Optional<Section> dns = top.value("dns").map(Value::section);
        return new Settings(
                dialect,
                given.isEmpty() ? ListenAddresses.byFamily(dialect, ipv6) : given,
                top.value("access_log_path").flatMap(Value::string).orElse(accessLogPath(dialect)),
                top.value("trusted_ca").flatMap(notes::file),
                top.value("connect_timeout").flatMap(SettingsReader::positive),
                dns.map(this::dns).orElse(DnsConfig.builder().build()),
                refresh(dialect, dns),
                top.value("local_otel_reporting_pct")
                        .flatMap(value -> value.decimal(0, 100))
                        .orElse(0.0));
    }

    private static String accessLogPath(Dialect dialect) {
        return dialect == Dialect.HOST ? "/var/log/envoy/{name}.log" : "/dev/stdout";
    }

    private static Optional<Duration> positive(Value value) {
        Optional<Duration> duration = value.duration();
        if (duration.filter(Duration::isZero).isPresent()) {
            value.error("more than zero");
            return Optional.empty();
        }
        return duration;
    }

    private DnsConfig dns(Section section) {
        DnsConfig.Builder dns = DnsConfig.builder();
        List<Address.Socket> servers = new ArrayList<>();
        for (Value item : section.items("servers")) {
            HostPort.target(item).ifPresent(server -> {
                if (server instanceof Address.Socket socket && socket.isIp()) {
                    servers.add(socket.port() == 0 ? new Address.Socket(socket.host(), DNS_PORT) : socket);
                } else {
                    item.error("the IP address of a server, with or without a port");
                }
            });
        }
        dns.servers(servers);
        section.value("search").map(Value::strings).ifPresent(dns::search);
        file(section, "hosts_file").ifPresent(dns::hostsFile);
        file(section, "resolv_conf").ifPresent(dns::resolvConf);
        return dns.build();
    }

    private Optional<Path> file(Section section, String key) {
        return section.value(key).flatMap(notes::file);
    }

    private static DnsRefreshConfig refresh(Dialect dialect, Optional<Section> dns) {
        DnsRefreshConfig.Builder refresh = dialect.defaults().dnsRefresh();
        if (dns.isEmpty()) {
            return refresh.build();
        }
        Section section = dns.get();
        section.bool("respect_ttl").ifPresent(refresh::respectTtl);
        section.enumeration("family", DnsFamily.class).ifPresent(refresh::family);
        DnsRefreshConfig atDefaultRate = refresh.build();
        section.duration("refresh_rate").ifPresent(refresh::rate);
        return section.make(refresh::build).orElse(atDefaultRate);
    }
}
