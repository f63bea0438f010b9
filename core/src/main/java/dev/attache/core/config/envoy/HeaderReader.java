package dev.attache.core.config.envoy;

import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderAddition.Action;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.format.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The header changes of one level. */
final class HeaderReader {

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private HeaderReader() {}

    /** The four lists of a route, a virtual host, a route table or a weighted cluster. */
    static HeaderMutations read(Section section) {
        HeaderMutations mutations = new HeaderMutations(
                additions(section, "request_headers_to_add"),
                removals(section, "request_headers_to_remove"),
                additions(section, "response_headers_to_add"),
                removals(section, "response_headers_to_remove"));
        return mutations.isEmpty() ? HeaderMutations.NONE : mutations;
    }

    /** A list of {@code HeaderValueOption}s. */
    static List<HeaderAddition> additions(Section owner, String key) {
        return owner.sections(key).stream()
                .flatMap(section -> addition(section).stream())
                .toList();
    }

    private static Optional<HeaderAddition> addition(Section section) {
        Section header = section.requiredSection("header");
        header.unsupported("raw_value");
        Optional<String> name = header.required("key", "a header name").flatMap(HeaderReader::name);
        String value = header.value("value").map(HeaderReader::value).orElse("");
        boolean keepEmpty = section.bool("keep_empty_value", false);
        section.oneOf("append_action", "append");
        Action action = section.enumeration("append_action", Action.class)
                .or(() -> section.bool("append").map(HeaderReader::legacy))
                .orElse(Action.APPEND_IF_EXISTS_OR_ADD);
        return name.map(it -> new HeaderAddition(it, value, action, keepEmpty));
    }

    private static String value(Value written) {
        String value = written.string().orElse("");
        if (value.chars().anyMatch(Character::isISOControl)) {
            written.error("a text without control characters");
            return "";
        }
        try {
            Format.header(value);
        } catch (IllegalArgumentException wrong) {
            written.error(String.valueOf(wrong.getMessage()), "");
        }
        return value;
    }

    private static Action legacy(boolean append) {
        return append ? Action.APPEND_IF_EXISTS_OR_ADD : Action.OVERWRITE_IF_EXISTS_OR_ADD;
    }

    private static List<String> removals(Section owner, String key) {
        List<String> names = new ArrayList<>();
        for (Value item : owner.items(key)) {
            name(item).ifPresent(name -> names.add(name.toLowerCase(Locale.ROOT)));
        }
        return names;
    }

    private static Optional<String> name(Value value) {
        Optional<String> name = value.string();
        if (name.isPresent()
                && (!TOKEN.matcher(name.get()).matches() || name.get().equalsIgnoreCase("host"))) {
            value.error("a header name; neither host nor one that begins with a colon");
            return Optional.empty();
        }
        return name;
    }
}
