package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.simulatedkms.SimulatedKms;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.SignResponse;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

class SimulatedKmsTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start();

    /** A key of the snapshot that every test begins with. */
    static String signingKey;

    /** Three attempts. */
    static KmsClient retrying;

    /** One attempt. */
    static KmsClient once;

    @BeforeAll
    static void prepare() {
        retrying = kms.clientBuilder()
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.standardRetryStrategy()))
                .build();
        once = kms.clientBuilder()
                .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
        signingKey = kms.client()
                .createKey(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
                .keyMetadata()
                .keyId();
        kms.snapshot();
    }

    @AfterAll
    static void closeClients() {
        retrying.close();
        once.close();
    }

    static SignResponse sign(KmsClient client) {
        return client.sign(r -> r.keyId(signingKey)
                .message(SdkBytes.fromUtf8String("a message"))
                .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256));
    }

    static boolean verify(SdkBytes signature, String message) {
        return kms.client()
                .verify(r -> r.keyId(signingKey)
                        .message(SdkBytes.fromUtf8String(message))
                        .signature(signature)
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .signatureValid();
    }

    @Test
    void signsAndVerifies() {
        SdkBytes signature = sign(kms.client()).signature();
        assertTrue(verify(signature, "a message"));
        assertThrows(KmsInvalidSignatureException.class, () -> verify(signature, "another message"));
    }

    @Test
    void clockEndsADeletion() {
        KmsClient client = kms.client();
        client.scheduleKeyDeletion(r -> r.keyId(signingKey).pendingWindowInDays(7));
        kms.advanceClock(Duration.ofDays(6));
        assertEquals(
                KeyState.PENDING_DELETION,
                client.describeKey(r -> r.keyId(signingKey)).keyMetadata().keyState());
        kms.advanceClock(Duration.ofDays(2));
        assertThrows(NotFoundException.class, () -> client.describeKey(r -> r.keyId(signingKey)));
    }

    @Test
    void thirdAttemptSucceeds() {
        kms.setFault("""
                {"operation": "Sign", "times": 2, "error": "ThrottlingException"}""");
        assertTrue(verify(sign(retrying).signature(), "a message"));
        assertEquals(List.of("ThrottlingException", "ThrottlingException", "ok"), kms.outcomes("Sign"));
    }

    /** This is why an application must look for the key before it calls CreateKey again. */
    @Test
    void lostResponseKeepsTheKey() {
        kms.setFault("""
                {"operation": "CreateKey", "times": 1, "connection": "lose_answer"}""");
        int before = kms.client().listKeys().keys().size();
        assertThrows(SdkClientException.class, () -> once.createKey());
        assertEquals(before + 1, kms.client().listKeys().keys().size());
        assertEquals(1, kms.events("CreateKey").size());
    }

    /** Neither test sees the other's key. */
    @RepeatedTest(2)
    void resetBetweenTests() {
        assertTrue(kms.client().listAliases().aliases().stream().noneMatch(a -> a.aliasName().equals("alias/mine")));
        assertEquals(List.of(), kms.events("CreateAlias"));
        kms.client().createAlias(r -> r.aliasName("alias/mine").targetKeyId(signingKey));
        assertEquals(1, kms.events("CreateAlias").size());
    }

    /** A request that never arrives is no event. A request whose response is lost has an event. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'error': 'ThrottlingException'        | ThrottlingException, ok
            'error': 'KMSInternalException'       | KMSInternalException, ok
            'error': 'DependencyTimeoutException' | DependencyTimeoutException, ok
            'status': 502                         | ServiceUnavailable, ok
            'status': 503                         | ServiceUnavailable, ok
            'status': 504                         | ServiceUnavailable, ok
            'connection': 'drop_before'           | ok
            'connection': 'drop_amid'             | ok, ok
            'connection': 'lose_answer'           | ok, ok
            'connection': 'truncate'              | ok, ok
            """)
    void retries(String fault, String outcomes) {
        kms.setFault(("{'operation': 'Sign', 'times': 1, " + fault + "}").replace('\'', '"'));
        assertTrue(verify(sign(retrying).signature(), "a message"));
        assertEquals(outcomes, String.join(", ", kms.outcomes("Sign")));
    }

    @Test
    void expiredCredentialsAreNotRetried() {
        kms.setFault("""
                {"operation": "Sign", "error": "ExpiredTokenException"}""");
        KmsException error = assertThrows(KmsException.class, () -> sign(retrying));
        assertEquals("ExpiredTokenException", error.awsErrorDetails().errorCode());
        assertEquals(List.of("ExpiredTokenException"), kms.outcomes("Sign"));
    }

    @Test
    void invalidFault() {
        IllegalArgumentException error = assertThrows(
                IllegalArgumentException.class, () -> kms.setFault("{\"operation\": \"Sing\", \"status\": 503}"));
        assertTrue(error.getMessage().contains("KMS has no operation Sing"), error.getMessage());
    }

    @Test
    void seed() {
        kms.seed("keys: [{alias: alias/orders, spec: RSA_2048, usage: SIGN_VERIFY, material: {seed: orders}}]");
        KeySpec spec = kms.client().describeKey(r -> r.keyId("alias/orders")).keyMetadata().keySpec();
        assertEquals(KeySpec.RSA_2048, spec);
        assertThrows(IllegalArgumentException.class, () -> kms.seed("keys: [{spec: ROT13}]"));
    }
}
