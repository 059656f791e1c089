package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.simulatedkms.SimulatedKms;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/** The extension with {@code --auth policy} and identities. */
class IdentitiesTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start("--auth", "policy", "--seed", System.getenv("IDENTITIES"));

    private static final AwsCredentialsProvider ALICE =
            accessKey("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    private static final AwsCredentialsProvider BOB = accessKey("AKIABOBEXAMPLE000001", "bob-secret");

    static AwsCredentialsProvider accessKey(String id, String secret) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
    }

    static KmsClient client(AwsCredentialsProvider credentials) {
        return kms.clientBuilder().credentialsProvider(credentials).build();
    }

    static DescribeKeyResponse describeKey(KmsClient client) {
        return client.describeKey(r -> r.keyId("alias/orders"));
    }

    @Test
    void policiesDecide() {
        try (KmsClient alice = client(ALICE);
                KmsClient bob = client(BOB)) {
            String arn = describeKey(alice).keyMetadata().arn();
            KmsException error = assertThrows(KmsException.class, () -> describeKey(bob));
            assertEquals("AccessDeniedException", error.awsErrorDetails().errorCode());
            assertEquals(
                    "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: kms:DescribeKey on resource: "
                            + arn + " because no identity-based policy allows the kms:DescribeKey action",
                    error.awsErrorDetails().errorMessage());
            assertEquals(List.of("ok", "AccessDeniedException"), kms.outcomes("DescribeKey"));
        }
    }

    @RepeatedTest(2)
    void sessionsExpire() {
        try (StsClient sts = StsClient.builder()
                        .endpointOverride(kms.endpoint())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(ALICE)
                        .build();
                StsAssumeRoleCredentialsProvider role = StsAssumeRoleCredentialsProvider.builder()
                        .stsClient(sts)
                        .refreshRequest(r -> r.roleArn("arn:aws:iam::111122223333:role/app").roleSessionName("test"))
                        .build();
                KmsClient client = client(role)) {
            describeKey(client);
            kms.advanceClock(Duration.ofHours(2));
            KmsException error = assertThrows(KmsException.class, () -> describeKey(client));
            assertEquals("ExpiredTokenException", error.awsErrorDetails().errorCode());
        }
    }
}
