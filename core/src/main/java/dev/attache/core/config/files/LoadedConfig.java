package dev.attache.core.config.files;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import java.util.List;

/**
 * A configuration without errors, and what else is known of it.
 *
 * @param config    the configuration
 * @param language  the language that it was written in
 * @param warnings  what is allowed but hardly meant
 * @param positions where its parts were written
 */
public record LoadedConfig(ProxyConfig config, Language language, List<ConfigProblem> warnings, Positions positions) {
    public LoadedConfig {
        warnings = List.copyOf(warnings);
    }
}
