package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the services behind a TLS terminator. */
final class TlsProxyServices {

    /** Which services have a filter chain of their own. */
    enum SniSupport {
        NO,
        YES,
        /** As YES, and there is no chain for other names. */
        STRICT
    }

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:-]+");
    private static final String LOCAL = "127.0.0.1";
    private static final int PORT = 80;
    private static final Map<String, SniSupport> SNI_SUPPORT = Map.of(
            "NO", SniSupport.NO,
            "FALSE", SniSupport.NO,
            "YES", SniSupport.YES,
            "TRUE", SniSupport.YES,
            "STRICT", SniSupport.STRICT);

    private final Section section;
    private final Notes notes;
    private final HieraVariables variables;
    private final TlsProxyCertificates certificates;
    private final SniSupport sniSupport;

    TlsProxyServices(Section section, Notes notes, HieraVariables variables, TlsProxyCertificates certificates) {
        this.section = section;
        this.notes = notes;
        this.variables = variables;
        this.certificates = certificates;
        this.sniSupport = section.choice("sni_support", SNI_SUPPORT).orElse(SniSupport.NO);
    }

    SniSupport sniSupport() {
        return sniSupport;
    }

    /** Every service that can be read. */
    List<TlsProxyService> read() {
        String host = section.value("upstream_addr").flatMap(this::host).orElse(LOCAL);
        if (!section.has("services")) {
            section.ignore("services");
            return List.of(new TlsProxyService(
                    Notes.at(section),
                    List.of("*"),
                    new Address.Socket(host, PORT),
                    List.of(),
                    TlsParameters.MODERN,
                    List.of()));
        }
        List<TlsProxyService> services = new ArrayList<>();
        for (Section service : section.sections("services")) {
            service(service, host).ifPresent(services::add);
        }
        if (section.sections("services").isEmpty()) {
            section.error("services", "no service", "at least one");
        }
        return services;
    }

    private Optional<TlsProxyService> service(Section service, String host) {
        service.ignore("cfssl_options");
        List<String> names = new ArrayList<>();
        service.required("server_names", "a list of names");
        for (Value item : service.items("server_names")) {
            variables.text(item).ifPresent(name -> names.add(name.toLowerCase(Locale.ROOT)));
        }
        Optional<Section> other = service.section("upstream");
        Optional<Address> upstream = other.isPresent() ? upstream(other.get(), host) : port(service, "port", host);
        List<CertificateFiles> own = certificates(service);
        TlsParameters parameters = service.section("tlsparams")
                .map(it -> TlsTuning.read(it, "tls_min_version", "tls_max_version"))
                .orElse(TlsParameters.MODERN);
        List<String> alpn = service.strings("alpn_protocols");
        if (!own.isEmpty() && names.contains("*")) {
            service.error("server_names", "* beside a certificate of its own", "names, or *.suffix");
            return Optional.empty();
        }
        if (names.isEmpty()) {
            return Optional.empty();
        }
        return upstream.map(address -> new TlsProxyService(Notes.at(service), names, address, own, parameters, alpn));
    }

    private List<CertificateFiles> certificates(Section service) {
        Optional<String> label = service.string("cfssl_label");
        Optional<CertificateFiles> named =
                service.value("cert_name").flatMap(value -> certificates.named(value, label));
        List<CertificateFiles> written = certificates.written(service, "certificates");
        if (sniSupport == SniSupport.NO) {
            return List.of();
        }
        return written.isEmpty() ? named.stream().toList() : written;
    }

    private Optional<Address> upstream(Section upstream, String host) {
        upstream.oneOf("port", "path");
        if (upstream.has("path")) {
            return upstream.value("path").flatMap(notes::file).map(Address.Pipe::new);
        }
        String own = upstream.value("addr").flatMap(this::host).orElse(host);
        return port(upstream, "port", own);
    }

    private Optional<String> host(Value value) {
        return variables.host(value).filter(host -> {
            boolean fit = HOST.matcher(host).matches();
            if (!fit) {
                value.error("a host name or an IP address");
            }
            return fit;
        });
    }

    private static Optional<Address> port(Section owner, String key, String host) {
        return owner.required(key, "1 to 65535")
                .flatMap(value -> value.integer(1, 65535))
                .map(port -> new Address.Socket(host, port.intValue()));
    }
}
