package simulatedkms;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/** Signs and verifies a message and checks the errors. The environment alone configures the client. */
public final class Article {
    private static final String MESSAGE = "{\"article\": 1, \"title\": \"Signing with KMS\"}";

    public static void main(String[] arguments) throws Exception {
        try (KmsClient kms = KmsClient.create()) {
            String key = kms.createKey(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
                    .keyMetadata()
                    .keyId();
            byte[] digest = sha256(MESSAGE);
            SdkBytes signature = sign(kms, key, digest);
            expect(true, verify(kms, key, digest, signature));

            expectError(
                    KmsInvalidSignatureException.class,
                    "KMSInvalidSignatureException",
                    null,
                    () -> verify(kms, key, sha256(MESSAGE + " "), signature));
            expectError(
                    KmsException.class,
                    "ValidationException",
                    "Digest is invalid length for algorithm ECDSA_SHA_256.",
                    () -> sign(kms, key, Arrays.copyOf(digest, 31)));
            expectError(
                    KmsException.class,
                    "ValidationException",
                    "1 validation error detected: Value at 'signature' failed to satisfy constraint: "
                            + "Member must have length greater than or equal to 1",
                    () -> verify(kms, key, digest, SdkBytes.fromByteArray(new byte[0])));
        }
        System.out.println("article: ok");
    }

    private static SdkBytes sign(KmsClient kms, String key, byte[] digest) {
        return kms.sign(r -> r.keyId(key)
                        .message(SdkBytes.fromByteArray(digest))
                        .messageType(MessageType.DIGEST)
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .signature();
    }

    private static boolean verify(KmsClient kms, String key, byte[] digest, SdkBytes signature) {
        return kms.verify(r -> r.keyId(key)
                        .message(SdkBytes.fromByteArray(digest))
                        .messageType(MessageType.DIGEST)
                        .signature(signature)
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .signatureValid();
    }

    static byte[] sha256(String text) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    }

    static void expect(Object expected, Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new IllegalStateException("expected " + expected + ", got " + actual);
        }
    }

    interface Call {
        void run() throws Exception;
    }

    static void expectError(Class<? extends KmsException> type, String code, String message, Call call)
            throws Exception {
        try {
            call.run();
        } catch (KmsException error) {
            expect(type, error.getClass());
            expect(code, error.awsErrorDetails().errorCode());
            expect(message, error.awsErrorDetails().errorMessage());
            expect(false, error.requestId().isEmpty());
            return;
        }
        throw new IllegalStateException("no error " + code);
    }
}
