package dev.attache.tls;

import dev.attache.core.net.CertificateState;
import java.util.stream.Stream;

/** What has certificates in use, and their files to look at. */
interface CertificateUser {

    /** Looks at the files, and uses what is new and good. */
    void look();

    /** What is in use now. */
    Stream<CertificateState> certificates();
}
