package dev.attache.core.config.services;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How Wikimedia's generator names the cluster of a host's listener, which is a label of the metrics. */
final class ClusterNames {

    private static final Pattern DISCOVERY = Pattern.compile("(.+)\\.discovery\\.wmnet");
    private static final Pattern DATACENTRE =
            Pattern.compile("[^.]+\\.svc\\.([^.]+)\\.wmnet|[^.]+\\.([^.]+)\\.wikimedia\\.org");

    private ClusterNames() {}

    static String host(String service, String upstream) {
        Matcher discovery = DISCOVERY.matcher(upstream);
        if (discovery.matches()) {
            return discovery.group(1);
        }
        Matcher datacentre = DATACENTRE.matcher(upstream);
        if (datacentre.matches()) {
            String name = datacentre.group(1) == null ? datacentre.group(2) : datacentre.group(1);
            return service + "_" + name;
        }
        return service;
    }
}
