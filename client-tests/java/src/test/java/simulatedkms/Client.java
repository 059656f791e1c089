package simulatedkms;

import io.github.simulatedkms.SimulatedKms;
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

/** The HTTP clients of the SDK. */
enum Client {
    /** Apache's, the default. */
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
    /** Netty's, the asynchronous default. */
    ASYNC {
        @Override
        KmsClient open(URI endpoint, Region region) {
            return Joined.of(async(endpoint, region).build());
        }
    },
    /** HTTP/2 without TLS, by prior knowledge. */
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

    /** Each client has its own account, so that they can share an emulator. */
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

    /** The SDK's defaults, except that clients share threads: closing their own takes two seconds each. */
    static NettyNioAsyncHttpClient.Builder netty() {
        return NettyNioAsyncHttpClient.builder().eventLoopGroup(THREADS);
    }

    /** An access key ID of 12 digits is the account. */
    private AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(account(), "test"));
    }
}
