package dev.attache.listeners;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A listening unix socket. It is bound under a name of its own beside the final one, given its mode and then renamed
 * into place, so that nobody ever connects to one with the wrong mode, and a name in use never vanishes. The file of a
 * dead process is replaced, that of a living one is not. On close the file is removed if it is still this one.
 */
final class UnixSocket implements AutoCloseable {

    private final ServerSocketChannel channel;
    private final Path path;
    private final @Nullable Object fileKey;

    private UnixSocket(ServerSocketChannel channel, Path path) throws IOException {
        this.channel = channel;
        this.path = path;
        this.fileKey = fileKey(path);
    }

    /**
     * Binds and listens.
     *
     * @param mode    permission bits; 0 leaves them to the umask
     * @param backlog accept queue
     * @throws BindException when a process listens there, or something other than a socket is in the way
     */
    static UnixSocket bind(Path path, int mode, int backlog) throws IOException {
        refuseIfAlive(path);
        String unique = Long.toHexString(ThreadLocalRandom.current().nextLong() & 0xFFFFFFL);
        Path temporary = path.resolveSibling("." + unique + ".sock");
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(temporary), backlog);
            if (mode != 0) {
                Files.setPosixFilePermissions(temporary, permissions(mode));
            }
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new UnixSocket(channel, path);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            Files.deleteIfExists(temporary);
            throw failed;
        }
    }

    private static void refuseIfAlive(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new BindException("file exists (expected: none, or a socket)");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false); // A full backlog must not hold us up: it has a living owner.
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException refused) {
            return; // Nobody listens: left behind by a process that died.
        }
        throw new BindException("Address already in use");
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromOwnerRead = PosixFilePermission.values();
        for (int bit = 0; bit < fromOwnerRead.length; bit++) {
            if ((mode & 0400 >> bit) != 0) {
                permissions.add(fromOwnerRead[bit]);
            }
        }
        return permissions;
    }

    private static @Nullable Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    ServerSocketChannel channel() {
        return channel;
    }

    UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(path);
    }

    @Override
    public void close() throws IOException {
        boolean ours =
                Files.exists(path, LinkOption.NOFOLLOW_LINKS) && fileKey != null && fileKey.equals(fileKey(path));
        channel.close();
        if (ours) {
            Files.deleteIfExists(path);
        }
    }
}
