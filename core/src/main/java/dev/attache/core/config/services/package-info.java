/**
 * The services-proxy form: a short list of listeners, each of which forwards to one service, and a catalogue of the
 * services. Read {@link dev.attache.core.config.services.ServicesReader} first. No file is opened but an error page, and nothing
 * outside knows the fields of the form.
 *
 * <h2>Dialects</h2>
 *
 * Keys with Wikimedia's prefixes ({@code profile::services_proxy::envoy::listeners}, {@code service::catalog}) and the
 * map {@code services_proxy} of its Kubernetes charts keep Wikimedia's meaning to the letter. Plain {@code listeners}
 * and {@code services} are the native form: the same fields and more, with TLS verified by name. One load is one or the
 * other. All further keys are the same in both.
 *
 * <h2>Top level</h2>
 *
 * <table>
 * <caption>Keys beside the listeners and the catalogue</caption>
 * <tr><th>Key</th><th>Value</th><th>Wikimedia</th><th>native</th></tr>
 * <tr><td>enabled_listeners</td><td>names; an empty list is an error</td><td>all</td><td>all</td></tr>
 * <tr><td>listen_ipv6</td><td>true makes a second listener for IPv6</td><td>true: :: and 0.0.0.0</td><td>false;
 * true: ::1 and 127.0.0.1</td></tr>
 * <tr><td>listen_address</td><td>one address or several, instead of listen_ipv6</td><td>as listen_ipv6 says</td>
 * <td>127.0.0.1</td></tr>
 * <tr><td>access_log_path</td><td>a file; {@code {name}} is the listener's name, a folder holds {@code name.log};
 * {@code /dev/null} is no log</td><td>/var/log/envoy/{name}.log, Kubernetes /dev/stdout</td><td>/dev/stdout</td></tr>
 * <tr><td>trusted_ca</td><td>PEM bundle</td><td>/etc/ssl/certs/ca-certificates.crt</td><td>the platform's
 * roots</td></tr>
 * <tr><td>connect_timeout</td><td>TCP and TLS together</td><td>0.25s</td><td>1s</td></tr>
 * <tr><td>dns</td><td>servers: [host:port], search: [domain], hosts_file, resolv_conf, refresh_rate, respect_ttl,
 * family</td><td>V4_ONLY, 5s</td><td>V4_PREFERRED, 5s</td></tr>
 * <tr><td>runtime</td><td>runtime keys, nested or dotted ({@code profile::envoy::runtime})</td><td>50000
 * connections</td><td>none</td></tr>
 * <tr><td>admin</td><td>address: host:port or the path of a unix socket, mode: 0600, access_log_path</td><td>none</td>
 * <td>none</td></tr>
 * <tr><td>stats</td><td>graphite: {address, prefix, interval}</td><td>none</td><td>none</td></tr>
 * <tr><td>local_otel_reporting_pct</td><td>share of requests traced; above 0 not served yet</td><td>0</td>
 * <td>0</td></tr>
 * </table>
 *
 * <h2>A listener</h2>
 *
 * <table>
 * <caption>Fields of a listener, the native ones last</caption>
 * <tr><th>Field</th><th>Meaning</th></tr>
 * <tr><td>name, port</td><td>required</td></tr>
 * <tr><td>timeout</td><td>the whole call; required, native 15s</td></tr>
 * <tr><td>idle_timeout</td><td>silence of a stream; 300s</td></tr>
 * <tr><td>service</td><td>key of the catalogue, which gives port and encryption</td></tr>
 * <tr><td>upstream</td><td>host; {@code <service>.discovery.wmnet}. Native: required, also host:port, the path of a
 * unix socket, or a list of them; with a port, service may be left out</td></tr>
 * <tr><td>http_host, xfp</td><td>Host and x-forwarded-proto sent upstream</td></tr>
 * <tr><td>retry</td><td>any field of Envoy's RetryPolicy</td></tr>
 * <tr><td>keepalive</td><td>idle timeout of a pooled connection, which then carries at most 1000 requests; Wikimedia 1h
 * and any number, native 4s</td></tr>
 * <tr><td>sets_sni, sni_rewrites_host_header</td><td>sends the upstream's name as server name, and as Host</td></tr>
 * <tr><td>tcp_keepalive</td><td>keepalive_probes, keepalive_time, keepalive_interval</td></tr>
 * <tr><td>split, splits</td><td>a share, or hosts by expression, to other upstreams</td></tr>
 * <tr><td>encryption</td><td>native: TLS or not, where there is no service</td></tr>
 * <tr><td>verify_host, sni</td><td>native: true; sni may be a name, or false</td></tr>
 * <tr><td>trusted_ca, connect_timeout, lb_policy, max_requests_per_connection</td><td>native: of the cluster</td></tr>
 * <tr><td>circuit_breaker</td><td>native: max_connections, max_pending_requests, max_requests, max_retries</td></tr>
 * <tr><td>failure_breaker</td><td>native: failure_rate (percent), min_requests, window, delay, probes</td></tr>
 * <tr><td>listen_address, bind_to_port, access_log_path, min_log_code</td><td>native: of this listener</td></tr>
 * <tr><td>filters</td><td>native: names of the host application's filters, in order</td></tr>
 * <tr><td>request_headers, response_headers</td><td>native: set: {name: value}, add: {name: value}, remove:
 * [name]</td></tr>
 * <tr><td>allow_half_close, normalize_path, merge_slashes, accept_http_10</td><td>native: true, false, false,
 * false</td></tr>
 * <tr><td>tls</td><td>native: ends TLS, as below</td></tr>
 * <tr><td>redirect_port</td><td>native: beside tls, a further listener in plain text that sends readers on</td></tr>
 * <tr><td>upgrades</td><td>native: types that may pass, such as websocket; none</td></tr>
 * <tr><td>use_remote_address, xff_num_trusted_hops, header_case</td><td>native: false, 0, lower</td></tr>
 * <tr><td>proxy_protocol</td><td>native: off, required or optional; off</td></tr>
 * <tr><td>client_cert_header</td><td>native: mode (sanitize_set where the key is there), subject, cert, chain, dns,
 * uri</td></tr>
 * <tr><td>http2</td><td>native: max_concurrent_streams, initial_stream_window_size, initial_connection_window_size,
 * header_table_size, max_events_per_second, extended_connect, keepalive_interval, keepalive_timeout</td></tr>
 * <tr><td>upstream_protocol, upstream_proxy_protocol, client_certificate</td><td>native: http1, http2, downstream or
 * auto; v1 or v2; {certificate, key}</td></tr>
 * <tr><td>upstream_bare_lf</td><td>native: whether LF alone ends a line of the upstream's head; false</td></tr>
 * </table>
 *
 * <h2>TLS of a native listener</h2>
 *
 * <table>
 * <caption>Fields of tls</caption>
 * <tr><th>Field</th><th>Meaning</th></tr>
 * <tr><td>certificate, key, ocsp_staple</td><td>files; several in a list certificates</td></tr>
 * <tr><td>server_names</td><td>names that it takes, exact or *.suffix; all. Listeners of one port are told apart by
 * them</td></tr>
 * <tr><td>client_ca, require_client_certificate</td><td>authorities of client certificates; false</td></tr>
 * <tr><td>client_names, crl, crl_of_leaf_only</td><td>names of which a client's certificate must carry one, with a star
 * at one end; revocation lists</td></tr>
 * <tr><td>alpn, min_version, max_version, cipher_suites, ecdh_curves</td><td>[h2, http/1.1], TLSv1.2, TLSv1.3, the
 * engine's</td></tr>
 * <tr><td>session_tickets, session_cache, session_timeout</td><td>true, true, 2h</td></tr>
 * <tr><td>ocsp_policy, handshake_timeout</td><td>lenient, strict or must_staple; 10s</td></tr>
 * </table>
 *
 * <h2>The TLS terminator</h2>
 *
 * Keys with the prefix {@code profile::tlsproxy::envoy::} make one more listener, in front of the services of the host
 * itself, as Wikimedia's generator does; its parameters without a key of their own there are taken under their names too
 * ({@code redir_port}, {@code global_tlsparams}, {@code http2_options} and so on). Without a certificate there is no such
 * listener. Durations are numbers of seconds. A fact of the host stands for its loopback where an address is wanted.
 */
@NullMarked
package dev.attache.core.config.services;

import org.jspecify.annotations.NullMarked;
