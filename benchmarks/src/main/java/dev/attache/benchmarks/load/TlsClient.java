package dev.attache.benchmarks.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A client that makes handshakes of TLS 1.3 with the OpenSSL of the machine: one of Java's own would need several times
 * the CPU of the server. It does not ask whose the certificate is. For one thread.
 */
final class TlsClient {

    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;
    private static final MemoryLayout INT = ValueLayout.JAVA_INT;
    private static final MemoryLayout LONG = ValueLayout.JAVA_LONG;
    private static final int SET_MIN_PROTO_VERSION = 123;
    private static final long TLS_1_3 = 0x0304;

    private static final MethodHandle METHOD = function("TLS_client_method", POINTER);
    private static final MethodHandle NEW_CONTEXT = function("SSL_CTX_new", POINTER, POINTER);
    private static final MethodHandle CONTROL = function("SSL_CTX_ctrl", LONG, POINTER, INT, LONG, POINTER);
    private static final MethodHandle NEW = function("SSL_new", POINTER, POINTER);
    private static final MethodHandle CONNECTION = function("BIO_new_connect", POINTER, POINTER);
    private static final MethodHandle SET_CONNECTION = procedure("SSL_set_bio", POINTER, POINTER, POINTER);
    private static final MethodHandle SET_SESSION = function("SSL_set_session", INT, POINTER, POINTER);
    private static final MethodHandle CONNECT = function("SSL_connect", INT, POINTER);
    private static final MethodHandle REUSED = function("SSL_session_reused", INT, POINTER);
    private static final MethodHandle WRITE = function("SSL_write", INT, POINTER, POINTER, INT);
    private static final MethodHandle READ = function("SSL_read", INT, POINTER, POINTER, INT);
    private static final MethodHandle SESSION = function("SSL_get1_session", POINTER, POINTER);
    private static final MethodHandle SHUTDOWN = function("SSL_shutdown", INT, POINTER);
    private static final MethodHandle FREE = procedure("SSL_free", POINTER);

    private final MemorySegment context;
    private final MemorySegment address;
    private final MemorySegment request;
    private final MemorySegment buffer = Arena.ofAuto().allocate(16 * 1024);
    private MemorySegment session = MemorySegment.NULL;

    /** A client of a port on loopback; what it holds is freed with the process. */
    TlsClient(int port) throws IOException {
        Arena arena = Arena.ofAuto();
        address = arena.allocateFrom("127.0.0.1:" + port);
        request = arena.allocateFrom("GET /b100 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        context = pointer(NEW_CONTEXT, pointer(METHOD));
        number(CONTROL, context, SET_MIN_PROTO_VERSION, TLS_1_3, MemorySegment.NULL);
    }

    /** Makes one request, for its ticket: all handshakes after this resume its session. */
    void takeTicket() throws IOException {
        MemorySegment connection = connect();
        // What is sent is text without its terminator.
        number(WRITE, connection, request, (int) request.byteSize() - 1);
        while (number(READ, connection, buffer, (int) buffer.byteSize()) > 0) {
            // Tickets come with the answer.
        }
        session = pointer(SESSION, connection);
        close(connection);
    }

    /**
     * Connects, makes a handshake and closes.
     *
     * @return whether a session was resumed
     */
    boolean handshake() throws IOException {
        MemorySegment connection = connect();
        boolean resumed = number(REUSED, connection) == 1;
        close(connection);
        return resumed;
    }

    private MemorySegment connect() throws IOException {
        MemorySegment connection = pointer(NEW, context);
        MemorySegment socket = pointer(CONNECTION, address);
        call(SET_CONNECTION, connection, socket, socket);
        if (!session.equals(MemorySegment.NULL)) {
            number(SET_SESSION, connection, session);
        }
        if (number(CONNECT, connection) != 1) {
            call(FREE, connection);
            throw new IOException("no handshake");
        }
        return connection;
    }

    private static void close(MemorySegment connection) throws IOException {
        number(SHUTDOWN, connection);
        call(FREE, connection);
    }

    private static MemorySegment pointer(MethodHandle function, Object... arguments) throws IOException {
        MemorySegment pointer = (MemorySegment) call(function, arguments);
        if (pointer.equals(MemorySegment.NULL)) {
            throw new IOException("OpenSSL gave nothing");
        }
        return pointer;
    }

    private static long number(MethodHandle function, Object... arguments) throws IOException {
        return ((Number) call(function, arguments)).longValue();
    }

    private static Object call(MethodHandle function, Object... arguments) throws IOException {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable broken) {
            throw new IOException(broken);
        }
    }

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle procedure(String name, MemoryLayout... arguments) {
        return handle(name, FunctionDescriptor.ofVoid(arguments));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor type) {
        SymbolLookup library = SymbolLookup.libraryLookup("libssl.so.3", Arena.global());
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }
}
