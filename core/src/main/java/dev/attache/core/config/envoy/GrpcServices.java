package dev.attache.core.config.envoy;

import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.Optional;

/** Envoy's {@code GrpcService}. */
final class GrpcServices {

    private GrpcServices() {}

    /** The name of the cluster of the service under {@code grpc_service}. */
    static Optional<Value> cluster(Section owner) {
        Section service = owner.requiredSection("grpc_service");
        service.unsupported("google_grpc", "retry_policy");
        service.withoutEffect("initial_metadata");
        Section grpc = service.requiredSection("envoy_grpc");
        grpc.ignore("authority", "max_receive_message_length", "skip_envoy_headers");
        grpc.unsupported("retry_policy");
        // Known here, read by whoever has a use for it.
        service.ignore("timeout");
        return grpc.required("cluster_name", "the name of a cluster");
    }
}
