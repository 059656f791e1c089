package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.simulatedkms.SimulatedKms;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.*;

/** The SDK's exceptions with AWS's messages. */
class ErrorsTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start();

    private static final SdkBytes TEXT = SdkBytes.fromUtf8String("a text");

    static String create(KmsClient client, Consumer<CreateKeyRequest.Builder> request) {
        return client.createKey(request).keyMetadata().arn();
    }

    /** Expects exactly this type. A null message means that KMS sends none. */
    static void assertError(Class<? extends KmsException> type, String message, Runnable call) {
        KmsException error = assertThrows(KmsException.class, call::run);
        assertEquals(type, error.getClass());
        assertEquals(message, error.awsErrorDetails().errorMessage());
        assertEquals("Kms", error.awsErrorDetails().serviceName());
        assertEquals(400, error.statusCode());
        assertTrue(error.requestId().matches("[0-9a-f-]{36}"), error.requestId());
    }

    @ParameterizedTest
    @EnumSource
    void ofKeys(Client how) {
        try (KmsClient client = how.open(kms)) {
            String missing = "arn:aws:kms:us-east-1:" + how.account() + ":key/00000000-0000-0000-0000-000000000000";
            assertError(
                    NotFoundException.class,
                    "Key '" + missing + "' does not exist",
                    () -> client.describeKey(r -> r.keyId(missing)));

            String key = create(client, r -> {});
            client.disableKey(r -> r.keyId(key));
            assertError(
                    DisabledException.class,
                    key + " is disabled.",
                    () -> client.encrypt(r -> r.keyId(key).plaintext(TEXT)));
            client.enableKey(r -> r.keyId(key));

            assertError(
                    InvalidKeyUsageException.class,
                    key + " key usage is ENCRYPT_DECRYPT which is not valid for Sign.",
                    () -> client.sign(r -> r.keyId(key)
                            .message(TEXT)
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)));

            client.scheduleKeyDeletion(r -> r.keyId(key));
            assertError(
                    KmsInvalidStateException.class,
                    key + " is pending deletion.",
                    () -> client.encrypt(r -> r.keyId(key).plaintext(TEXT)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofCryptography(Client how) {
        try (KmsClient client = how.open(kms)) {
            String key = create(client, r -> {});
            String another = create(client, r -> {});
            SdkBytes sealed = client.encrypt(r -> r.keyId(key).plaintext(TEXT)).ciphertextBlob();
            assertError(
                    IncorrectKeyException.class,
                    "The key ID in the request does not identify a CMK that can perform this operation.",
                    () -> client.decrypt(r -> r.keyId(another).ciphertextBlob(sealed)));
            assertError(
                    InvalidCiphertextException.class, null, () -> client.decrypt(r -> r.ciphertextBlob(TEXT)));
            assertError(
                    DryRunOperationException.class,
                    "The request would have succeeded, but the DryRun option is set.",
                    () -> client.encrypt(r -> r.keyId(key).plaintext(TEXT).dryRun(true)));

            String signing = create(
                    client, r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY));
            assertError(
                    KmsInvalidSignatureException.class,
                    null,
                    () -> client.verify(r -> r.keyId(signing)
                            .message(TEXT)
                            .signature(TEXT)
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofNamesAndPolicies(Client how) {
        try (KmsClient client = how.open(kms)) {
            String key = create(client, r -> {});
            client.createAlias(r -> r.aliasName("alias/taken").targetKeyId(key));
            String alias = key.replaceFirst("key/.*", "alias/taken");
            assertError(
                    AlreadyExistsException.class,
                    "An alias with the name " + alias + " already exists",
                    () -> client.createAlias(r -> r.aliasName("alias/taken").targetKeyId(key)));
            String policy = client.getKeyPolicy(r -> r.keyId(key)).policy();
            assertError(
                    MalformedPolicyDocumentException.class,
                    "The new key policy will not allow you to update the key policy in the future.",
                    () -> client.putKeyPolicy(r -> r.keyId(key).policy(policy.replace("kms:*", "kms:Encrypt"))));
        }
    }

    /** A future wraps the exception. */
    @Test
    void ofFutures() {
        try (KmsAsyncClient client = Client.ASYNC.async(kms.endpoint(), Region.US_EAST_1).build()) {
            var missing = client.describeKey(r -> r.keyId("alias/missing"));
            CompletionException joined = assertThrows(CompletionException.class, missing::join);
            NotFoundException error = assertInstanceOf(NotFoundException.class, joined.getCause());
            String alias = "arn:aws:kms:us-east-1:" + Client.ASYNC.account() + ":alias/missing";
            assertEquals("Alias " + alias + " is not found.", error.awsErrorDetails().errorMessage());
            ExecutionException got = assertThrows(ExecutionException.class, missing::get);
            assertEquals(error, got.getCause());
        }
    }
}
