package dev.attache.core.config.envoy;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.LocalReplyConfig;
import dev.attache.core.config.LocalReplyConfig.BodyFormat;
import dev.attache.core.config.LocalReplyConfig.Mapper;
import dev.attache.core.config.LogFormat;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.yaml.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The look of the proxy's own answers, for other languages that write it down in a word. */
public final class LocalReplies {

    private LocalReplies() {}

    /**
     * A page instead of the bare text of every answer of the proxy's own from 502 on.
     *
     * @param at where it was asked for
     * @return empty, with a warning, where the file cannot be read
     */
    public static Optional<LocalReplyConfig> errorPage(Value at, Path file) {
        try {
            LogFormat format = new LogFormat.Text(Files.readString(file), false);
            LogFormats.check(at, format);
            StatusFilter filter = new StatusFilter(StatusFilter.Op.GE, 502, "errorpage_min_code");
            BodyFormat body = new BodyFormat(format, "text/html; charset=UTF-8");
            Mapper mapper = new Mapper(filter, 0, Optional.empty(), Optional.of(body), List.of());
            return Optional.of(new LocalReplyConfig(List.of(mapper), Optional.empty()));
        } catch (IOException failed) {
            String found = file + " cannot be read: answers of the proxy's own stay bare";
            at.reading().add(ConfigProblem.warning(at.source(), at.path(), found));
            return Optional.empty();
        }
    }
}
