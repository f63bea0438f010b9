package dev.attache.core.config;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where a socket is bound or reached. */
public sealed interface Address {

    /** {@code 127.0.0.1} and a port; 0 lets the system choose. */
    static Socket loopback(int port) {
        return new Socket("127.0.0.1", port);
    }

    /**
     * A TCP address.
     *
     * @param host       IP address or, for an endpoint, a DNS name
     * @param port       0 to 65535; 0 in a listener lets the system choose
     * @param ipv4Compat for a listener on {@code ::}: IPv4 peers are accepted too; default false
     */
    record Socket(String host, int port, boolean ipv4Compat) implements Address {
        private static final Pattern IPV4 = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

        public Socket {
            Checks.notEmpty("address", host);
            Checks.range("port", port, 0, 65535);
        }

        public Socket(String host, int port) {
            this(host, port, false);
        }

        /** Whether the host is an IP address and not a name. */
        public boolean isIp() {
            return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
        }

        @Override
        public String toString() {
            return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
        }
    }

    /**
     * A unix socket.
     *
     * @param path file of the socket
     * @param mode permission bits of a bound socket, such as {@code 0600}; 0 leaves them to the umask
     */
    record Pipe(Path path, int mode) implements Address {
        public Pipe {
            Checks.range("mode", mode, 0, 0777);
        }

        public Pipe(Path path) {
            this(path, 0);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
