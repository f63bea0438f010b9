package dev.attache.admin.served;

import dev.attache.core.fixtures.Certificates.Leaf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A folder with a certificate and its key, laid out as Kubernetes mounts a secret: links by way of one that is swapped. */
final class CertificateVolume {

    private static final String CHAIN = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String DATA = "..data";

    private final Path folder;
    private int versions;

    private CertificateVolume(Path folder) {
        this.folder = folder;
    }

    static CertificateVolume in(Path folder, Leaf first) throws IOException {
        CertificateVolume volume = new CertificateVolume(folder);
        volume.swap(first);
        Files.createSymbolicLink(volume.chain(), Path.of(DATA, CHAIN));
        Files.createSymbolicLink(volume.key(), Path.of(DATA, KEY));
        return volume;
    }

    Path chain() {
        return folder.resolve(CHAIN);
    }

    Path key() {
        return folder.resolve(KEY);
    }

    /** Both files at one moment, as the kubelet does it. */
    void swap(Leaf next) throws IOException {
        Path version = Files.createDirectory(folder.resolve("..v" + ++versions));
        Files.copy(next.chain(), version.resolve(CHAIN));
        Files.copy(next.key(), version.resolve(KEY), StandardCopyOption.COPY_ATTRIBUTES);
        Path link = Files.createSymbolicLink(folder.resolve("..data_tmp"), version.getFileName());
        Files.move(link, folder.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
    }

    /** New files in place of the old ones, one after the other. */
    void rename(Leaf next) throws IOException {
        Path data = folder.resolve(DATA);
        Files.copy(next.key(), data.resolve("key.new"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(next.chain(), data.resolve("crt.new"));
        Files.move(data.resolve("key.new"), data.resolve(KEY), StandardCopyOption.ATOMIC_MOVE);
        Files.move(data.resolve("crt.new"), data.resolve(CHAIN), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes into the files that are there. */
    void write(String chain, String key) throws IOException {
        Files.writeString(chain(), chain);
        Files.writeString(key(), key);
    }
}
