package dev.attache.core.config.services;

import dev.attache.core.config.ClientCertHeader;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.Http2Config;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.yaml.Section;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What only the native form can say of the HTTP of a listener; empty means the default. */
record HttpTuning(
        Optional<Boolean> allowHalfClose,
        Optional<Boolean> normalizePath,
        Optional<Boolean> mergeSlashes,
        Optional<Boolean> acceptHttp10,
        Optional<Boolean> useRemoteAddress,
        Optional<Integer> trustedHops,
        Optional<HeaderCase> headerCase,
        Set<String> upgrades,
        Optional<ClientCertHeader> clientCertHeader,
        Optional<Http2Config> http2) {

    static final HttpTuning NONE = new HttpTuning(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Set.of(),
            Optional.empty(),
            Optional.empty());

    static HttpTuning read(Section section) {
        Set<String> upgrades = new LinkedHashSet<>();
        section.strings("upgrades").forEach(type -> upgrades.add(type.toLowerCase(Locale.ROOT)));
        return new HttpTuning(
                section.bool("allow_half_close"),
                section.bool("normalize_path"),
                section.bool("merge_slashes"),
                section.bool("accept_http_10"),
                section.bool("use_remote_address"),
                section.integer("xff_num_trusted_hops", 0, Integer.MAX_VALUE).map(Long::intValue),
                section.enumeration("header_case", HeaderCase.class),
                upgrades,
                section.section("client_cert_header").map(HttpTuning::clientCertHeader),
                section.section("http2").flatMap(HttpTuning::http2));
    }

    private static ClientCertHeader clientCertHeader(Section section) {
        return new ClientCertHeader(
                section.enumeration("mode", ClientCertHeader.Mode.class).orElse(ClientCertHeader.Mode.SANITIZE_SET),
                section.bool("subject", false),
                section.bool("cert", false),
                section.bool("chain", false),
                section.bool("dns", false),
                section.bool("uri", false));
    }

    private static Optional<Http2Config> http2(Section section) {
        Http2Config.Builder http2 = Http2Config.builder();
        Http2Tuning.read(section, http2);
        Http2Tuning.number(section, "header_table_size", 0).ifPresent(http2::headerTableSize);
        Http2Tuning.number(section, "max_events_per_second", 0).ifPresent(http2::maxEventsPerSecond);
        Http2Tuning.number(section, "max_inbound_window_update_frames_per_data_frame_sent", 0)
                .ifPresent(http2::windowUpdatesPerDataFrame);
        section.bool("extended_connect").ifPresent(http2::extendedConnect);
        section.duration("keepalive_interval").ifPresent(http2::keepaliveInterval);
        section.duration("keepalive_timeout").ifPresent(http2::keepaliveTimeout);
        return section.make(http2::build);
    }

    void apply(HttpConfig.Builder http) {
        allowHalfClose.ifPresent(http::allowHalfClose);
        normalizePath.ifPresent(http::normalizePath);
        mergeSlashes.ifPresent(http::mergeSlashes);
        acceptHttp10.ifPresent(http::acceptHttp10);
        useRemoteAddress.ifPresent(http::useRemoteAddress);
        trustedHops.ifPresent(http::xffTrustedHops);
        headerCase.ifPresent(http::headerCase);
        http.upgrades(upgrades);
        clientCertHeader.ifPresent(http::clientCertHeader);
        http2.ifPresent(http::http2);
    }
}
