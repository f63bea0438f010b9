package dev.attache.core.accesslog;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where bytes go. Written to by one thread; closed by any. */
interface LogTarget {

    /** Takes everything and keeps nothing. */
    LogTarget NOWHERE = new LogTarget() {
        @Override
        public void write(ByteBuffer bytes) {
            bytes.position(bytes.limit());
        }

        @Override
        public void reopen() {}

        @Override
        public void close() {}
    };

    void write(ByteBuffer bytes) throws IOException;

    /** Opens the file of the same name anew: the old one was renamed. Where that fails, the old one stays in use. */
    void reopen() throws IOException;

    /** Also ends a write that waits. */
    void close() throws IOException;

    /** A file, a named pipe or a device. */
    final class File implements LogTarget {
        private final Path path;
        private volatile FileChannel channel;

        /**
         * Throws what opening would, as far as that can be told without opening or creating anything.
         *
         * @throws IOException when the file could not be appended to
         */
        static void check(Path path) throws IOException {
            Path folder = path.toAbsolutePath().getParent();
            if (Files.isDirectory(path)) {
                throw new FileSystemException(path.toString(), null, "is a directory");
            }
            if (folder != null && !Files.isDirectory(folder)) {
                throw new NoSuchFileException(folder.toString(), null, "no such folder");
            }
            if (!Files.isWritable(Files.exists(path) || folder == null ? path : folder)) {
                throw new AccessDeniedException(path.toString());
            }
        }

        File(Path path) throws IOException {
            this.path = path;
            this.channel = open(path);
        }

        /** Opening a named pipe for writing alone would wait for a reader. */
        private static FileChannel open(Path path) throws IOException {
            boolean special = Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
            return special
                    ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            channel.write(bytes);
        }

        @Override
        public void reopen() throws IOException {
            FileChannel old = channel;
            channel = open(path);
            old.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A stream of the process, which is neither reopened nor closed. */
    final class Stream implements LogTarget {
        private final PrintStream stream;

        Stream(PrintStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            stream.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            bytes.position(bytes.limit());
            if (stream.checkError()) {
                throw new IOException("the stream is broken");
            }
        }

        @Override
        public void reopen() {}

        @Override
        public void close() {}
    }
}
