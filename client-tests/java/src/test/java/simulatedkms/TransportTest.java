package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.simulatedkms.SimulatedKms;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.Http2Metric;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.ProtocolNegotiation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.metrics.MetricCollection;
import software.amazon.awssdk.metrics.MetricPublisher;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;

/** HTTPS with each HTTP client, and HTTP/2 with Netty's. */
class TransportTest {
    @RegisterExtension
    static final SimulatedKms plain = SimulatedKms.start();

    @RegisterExtension
    static final SimulatedKms tls = SimulatedKms.start("--tls");

    /** Whether calls used HTTP/2, by the SDK's metrics. */
    static final class Measured implements MetricPublisher {
        final Set<Boolean> http2 = ConcurrentHashMap.newKeySet();

        @Override
        public void publish(MetricCollection metrics) {
            all(metrics)
                    .filter(each -> each.name().equals("HttpClient"))
                    .forEach(each -> http2.add(
                            !each.metricValues(Http2Metric.LOCAL_STREAM_WINDOW_SIZE_IN_BYTES).isEmpty()));
        }

        static Stream<MetricCollection> all(MetricCollection metrics) {
            return Stream.concat(Stream.of(metrics), metrics.children().stream().flatMap(Measured::all));
        }

        @Override
        public void close() {}
    }

    /** The protocol of Netty's client and its endpoint. */
    enum Netty {
        HTTPS(tls, Protocol.HTTP1_1, ProtocolNegotiation.ASSUME_PROTOCOL),
        HTTPS_ALPN(tls, Protocol.HTTP2, ProtocolNegotiation.ALPN),
        HTTPS_HTTP2(tls, Protocol.HTTP2, ProtocolNegotiation.ASSUME_PROTOCOL),
        HTTP(plain, Protocol.HTTP1_1, ProtocolNegotiation.ASSUME_PROTOCOL),
        HTTP2(plain, Protocol.HTTP2, ProtocolNegotiation.ASSUME_PROTOCOL);

        final SimulatedKms kms;
        final Protocol protocol;
        final ProtocolNegotiation negotiation;

        Netty(SimulatedKms kms, Protocol protocol, ProtocolNegotiation negotiation) {
            this.kms = kms;
            this.protocol = protocol;
            this.negotiation = negotiation;
        }
    }

    @ParameterizedTest
    @EnumSource
    void asynchronous(Netty how) {
        Measured measured = new Measured();
        NettyNioAsyncHttpClient.Builder http = Client.netty()
                .protocol(how.protocol)
                .protocolNegotiation(how.negotiation)
                .tlsTrustManagersProvider(how.kms.trustManagers() == null ? null : how.kms::trustManagers);
        try (KmsAsyncClient client = Client.ASYNC
                .async(how.kms.endpoint(), Region.US_EAST_1)
                .httpClientBuilder(http)
                .overrideConfiguration(c -> c.addMetricPublisher(measured))
                .build()) {
            assertEquals(8, client.generateRandom(r -> r.numberOfBytes(8)).join().plaintext().asByteArray().length);
        }
        assertEquals(Set.of(how.protocol == Protocol.HTTP2), measured.http2);
        assertEquals(1, how.kms.events("GenerateRandom").size());
    }

    static Stream<SdkHttpClient.Builder<?>> synchronousClients() {
        return Stream.of(
                Apache5HttpClient.builder().tlsTrustManagersProvider(tls::trustManagers),
                UrlConnectionHttpClient.builder().tlsTrustManagersProvider(tls::trustManagers));
    }

    @Test
    void synchronous() {
        synchronousClients().forEach(http -> {
            KmsClientBuilder builder =
                    Client.SYNC.sync(tls.endpoint(), Region.US_EAST_1).httpClientBuilder(http);
            try (KmsClient client = builder.build()) {
                client.generateRandom(r -> r.numberOfBytes(8));
            }
        });
        assertEquals(2, tls.events("GenerateRandom").size());
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNC", "URL_CONNECTION", "ASYNC"})
    void unknownAuthorityIsNotTrusted(Client how) {
        try (KmsClient client = how.open(tls)) {
            Throwable error = assertThrows(
                    SdkClientException.class, () -> client.generateRandom(r -> r.numberOfBytes(8)));
            while (!(error instanceof SSLException)) {
                error = error.getCause();
            }
            assertEquals(0, tls.events("GenerateRandom").size());
        }
    }
}
