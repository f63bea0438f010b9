package dev.attache.core.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A certificate and its key, as PEM files.
 *
 * @param chain certificate chain, leaf first
 * @param key private key
 * @param watchedFile file (a file-based secret) that named the pair; empty where the pair is named directly
 */
public record CertificateFiles(Path chain, Path key, Optional<Path> watchedFile) {}
