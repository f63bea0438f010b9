package dev.attache.core.config.envoy;

import dev.attache.core.config.LocalReplyConfig;
import dev.attache.core.config.LocalReplyConfig.BodyFormat;
import dev.attache.core.config.LocalReplyConfig.Mapper;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.List;
import java.util.Optional;

/** Envoy's {@code LocalReplyConfig}. */
final class LocalReplyReader {

    private LocalReplyReader() {}

    static LocalReplyConfig read(Section section) {
        List<Mapper> mappers = section.sections("mappers").stream()
                .flatMap(mapper -> mapper(mapper).stream())
                .toList();
        return new LocalReplyConfig(mappers, section.section("body_format").flatMap(LocalReplyReader::bodyFormat));
    }

    private static Optional<Mapper> mapper(Section section) {
        Optional<StatusFilter> filter = section.required("filter", "a filter by status")
                .map(Value::section)
                .flatMap(AccessLogReader::filter);
        int status = section.integer("status_code", 200, 599).orElse(0L).intValue();
        Optional<String> body = DataSource.text(section, "body");
        Optional<BodyFormat> format = section.section("body_format_override").flatMap(LocalReplyReader::bodyFormat);
        return filter.map(
                it -> new Mapper(it, status, body, format, HeaderReader.additions(section, "headers_to_add")));
    }

    private static Optional<BodyFormat> bodyFormat(Section section) {
        String contentType = section.string("content_type", "");
        return LogFormats.read(section).map(format -> new BodyFormat(format, contentType));
    }
}
