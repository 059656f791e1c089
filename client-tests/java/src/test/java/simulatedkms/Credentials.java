package simulatedkms;

import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/** Says who the caller is for STS, and what KMS answers. The environment alone configures the clients. */
public final class Credentials {
    public static void main(String[] arguments) {
        AwsCredentialsProvider credentials = provider();
        try (StsClient sts = StsClient.builder().credentialsProvider(credentials).build();
                KmsClient kms = KmsClient.builder().credentialsProvider(credentials).build()) {
            say("sts", () -> sts.getCallerIdentity().arn());
            say("kms", () -> kms.describeKey(r -> r.keyId("alias/orders")).keyMetadata().keyId());
        }
    }

    private static AwsCredentialsProvider provider() {
        if (System.getenv("UNSIGNED") != null) {
            return AnonymousCredentialsProvider.create();
        }
        String role = System.getenv("ASSUME_ROLE");
        if (role == null) {
            return DefaultCredentialsProvider.builder().build();
        }
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(StsClient.create())
                .refreshRequest(r -> r.roleArn(role).roleSessionName("test"))
                .build();
    }

    private static void say(String name, Supplier<String> call) {
        String answer;
        try {
            answer = call.get();
        } catch (AwsServiceException error) {
            answer = error.awsErrorDetails().errorCode() + ": " + error.awsErrorDetails().errorMessage();
        } catch (SdkClientException error) {
            answer = "SdkClientException: " + error.getMessage();
        }
        System.out.println(name + ": " + answer);
    }
}
