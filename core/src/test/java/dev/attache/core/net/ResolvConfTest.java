package dev.attache.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResolvConfTest {

    @Test
    void readsWhatTheCLibraryReads() {
        ResolvConf conf = ResolvConf.parse(List.of(
                "# comment",
                "domain early.test",
                "nameserver 192.0.2.1",
                "  nameserver fd00::53",
                "nameserver not-an-address",
                "search a.test b.test",
                "options ndots:3 timeout:1 rotate attempts:9 use-vc"));

        assertThat(conf.servers())
                .extracting(server -> server.getAddress().getHostAddress() + "#" + server.getPort())
                .containsExactly("192.0.2.1#53", "fd00:0:0:0:0:0:0:53#53");
        assertThat(conf.search()).containsExactly("a.test", "b.test");
        assertThat(conf.ndots()).isEqualTo(3);
        assertThat(conf.attempts()).isEqualTo(5); // the most there are
        assertThat(conf.timeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(conf.tcpOnly()).isTrue();
    }

    @Test
    void anEmptyFileMeansTheServerOfThisMachine() {
        ResolvConf conf = ResolvConf.parse(List.of(""));

        assertThat(conf.servers()).singleElement().hasToString("/127.0.0.1:53");
        assertThat(conf.ndots()).isEqualTo(1);
        assertThat(conf.attempts()).isEqualTo(2);
        assertThat(conf.timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void anOptionThatIsNoNumberIsPassedOver() {
        assertThat(ResolvConf.parse(List.of("options ndots:x ndots:")).ndots()).isEqualTo(1);
    }

    @Test
    void candidatesFollowNdots() {
        ResolvConf conf = ResolvConf.parse(List.of("search a.test .", "options ndots:2"));

        assertThat(conf.candidates("x")).containsExactly("x.a.test.", "x.");
        assertThat(conf.candidates("x.y")).containsExactly("x.y.a.test.", "x.y.");
        assertThat(conf.candidates("x.y.z")).containsExactly("x.y.z.", "x.y.z.a.test.");
        assertThat(conf.candidates("x.")).containsExactly("x.");
    }
}
