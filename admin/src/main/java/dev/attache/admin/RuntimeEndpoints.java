package dev.attache.admin;

import dev.attache.core.runtime.Runtime;
import dev.attache.core.runtime.RuntimeValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /runtime} and {@code /runtime_modify}: values that an operator may override. */
final class RuntimeEndpoints {

    private RuntimeEndpoints() {}

    static List<AdminEndpoint> of(Runtime runtime) {
        return List.of(
                new Page(
                        "/runtime", "print runtime values", _ -> AdminReply.json(Json.write(values(runtime.values())))),
                Page.changing(
                        "/runtime_modify",
                        "modify runtime: key=value&..., an empty value takes an override away",
                        query -> modify(runtime, query)));
    }

    private static Map<String, Object> values(RuntimeValues values) {
        Map<String, Object> entries = new LinkedHashMap<>();
        values.entries().forEach((key, entry) -> {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("layer_values", entry.layerValues());
            members.put("final_value", entry.finalValue());
            entries.put(key, members);
        });
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("layers", values.layers());
        all.put("entries", entries);
        return all;
    }

    private static AdminReply modify(Runtime runtime, AdminQuery query) {
        if (query.parameters().isEmpty()) {
            return AdminReply.text(400, "nothing to change (expected: /runtime_modify?key=value)\n");
        }
        try {
            runtime.modify(query.parameters());
            return AdminReply.ok();
        } catch (Runtime.NoAdminLayerException none) {
            return AdminReply.text(503, none.getMessage() + "\n");
        }
    }
}
