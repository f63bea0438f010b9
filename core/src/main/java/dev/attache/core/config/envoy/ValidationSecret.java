package dev.attache.core.config.envoy;

import dev.attache.core.config.PeerValidation;
import dev.attache.core.config.SecretFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a peer's certificate has to be, by the name that it has in a file of secrets.
 *
 * @param beside what the bootstrap says of it, over which the secret is merged
 */
record ValidationSecret(Path file, String name, PeerValidation beside) implements SecretFile<PeerValidation> {

    @Override
    public PeerValidation read() {
        return SecretResources.reread(file, name, (context, secret) -> {
            PeerValidation read =
                    new ValidationReader(context).validation(secret.requiredSection("validation_context"));
            return Optional.of(beside.with(read).from(this));
        });
    }
}
