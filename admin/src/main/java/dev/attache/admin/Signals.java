package dev.attache.admin;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Process signals, for the main program alone. The JDK's only way to them is {@code sun.misc.Signal}, which warns when
 * it is compiled against; it is reached by reflection instead.
 */
final class Signals {

    private Signals() {}

    /**
     * Calls {@code action} on a thread of its own for each signal.
     *
     * @param name signal without SIG, such as {@code HUP}
     * @return whether this platform lets the signal be handled
     */
    static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, args) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> args != null && System.identityHashCode(proxy) == System.identityHashCode(args[0]);
                default -> "handler of " + name;
            };
            Object handlerProxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, call);
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle make = lookup.findConstructor(signal, MethodType.methodType(void.class, String.class));
            MethodHandle install = lookup.findStatic(signal, "handle", MethodType.methodType(handler, signal, handler));
            install.invoke(make.invoke(name), handlerProxy);
            return true;
        } catch (Error error) {
            throw error;
        } catch (Throwable unsupported) {
            return false;
        }
    }
}
