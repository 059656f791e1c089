package simulatedkms;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsAsyncClientBuilder;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;

/** The ways in which the SDK speaks HTTP. */
enum Client {
    /** The SDK's default: Apache's. */
    SYNC {
        @Override
        KmsClient open(URI endpoint, Region region) {
            return sync(endpoint, region).build();
        }
    },
    URL_CONNECTION {
        @Override
        KmsClient open(URI endpoint, Region region) {
            return sync(endpoint, region).httpClientBuilder(UrlConnectionHttpClient.builder()).build();
        }
    },
    /** The SDK's default with futures: Netty's. */
    ASYNC {
        @Override
        KmsClient open(URI endpoint, Region region) {
            return Joined.of(async(endpoint, region).build());
        }
    },
    /** HTTP/2 without TLS, as it were agreed. */
    ASYNC_HTTP2 {
        @Override
        KmsClient open(URI endpoint, Region region) {
            return Joined.of(async(endpoint, region)
                    .httpClientBuilder(netty().protocol(Protocol.HTTP2))
                    .build());
        }
    };

    private static final SdkEventLoopGroup THREADS = SdkEventLoopGroup.builder().build();

    abstract KmsClient open(URI endpoint, Region region);

    /** Of each its own, so that they can share an emulator. */
    String account() {
        return "%012d".formatted(1 + ordinal());
    }

    KmsClient open(SimulatedKms kms) {
        return open(kms.endpoint(), Region.US_EAST_1);
    }

    KmsClientBuilder sync(URI endpoint, Region region) {
        return KmsClient.builder().endpointOverride(endpoint).region(region).credentialsProvider(credentials());
    }

    KmsAsyncClientBuilder async(URI endpoint, Region region) {
        return KmsAsyncClient.builder()
                .endpointOverride(endpoint)
                .region(region)
                .credentialsProvider(credentials())
                .httpClientBuilder(netty());
    }

    /** As the SDK would have it; but to close threads of its own would take each client two seconds. */
    static NettyNioAsyncHttpClient.Builder netty() {
        return NettyNioAsyncHttpClient.builder().eventLoopGroup(THREADS);
    }

    /** An access key that is 12 digits is an account. */
    private AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(account(), "test"));
    }
}
