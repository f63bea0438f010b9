package dev.attache.admin;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import dev.attache.core.vital.OutOfMemory;

/** Sees what a library has caught and only logged. */
final class OutOfMemoryFilter extends Filter<ILoggingEvent> {

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (event.getThrowableProxy() instanceof ThrowableProxy proxy) {
            OutOfMemory.look(proxy.getThrowable());
        }
        return FilterReply.NEUTRAL;
    }
}
