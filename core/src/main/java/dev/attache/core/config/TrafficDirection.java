package dev.attache.core.config;

/** Whether a listener faces the outside or the local application; a drain may be asked for inbound ones alone. */
public enum TrafficDirection {
    UNSPECIFIED,
    INBOUND,
    OUTBOUND
}
