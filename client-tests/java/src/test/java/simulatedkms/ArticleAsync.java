package simulatedkms;

import static simulatedkms.Article.expect;
import static simulatedkms.Article.expectError;
import static simulatedkms.Article.sha256;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/** {@link Article} with futures. */
public final class ArticleAsync {
    private static final String MESSAGE = "{\"article\": 2, \"title\": \"Signing with KMS, later\"}";

    public static void main(String[] arguments) throws Exception {
        try (KmsAsyncClient kms = KmsAsyncClient.create()) {
            String key = kms.createKey(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
                    .join()
                    .keyMetadata()
                    .keyId();
            byte[] digest = sha256(MESSAGE);
            SdkBytes signature = get(sign(kms, key, digest));
            expect(true, get(verify(kms, key, digest, signature)));

            expectError(
                    KmsInvalidSignatureException.class,
                    "KMSInvalidSignatureException",
                    null,
                    () -> get(verify(kms, key, sha256(MESSAGE + " "), signature)));
            expectError(
                    KmsException.class,
                    "ValidationException",
                    "Digest is invalid length for algorithm ECDSA_SHA_256.",
                    () -> get(sign(kms, key, Arrays.copyOf(digest, 31))));
            expectError(
                    KmsException.class,
                    "ValidationException",
                    "1 validation error detected: Value at 'signature' failed to satisfy constraint: "
                            + "Member must have length greater than or equal to 1",
                    () -> get(verify(kms, key, digest, SdkBytes.fromByteArray(new byte[0]))));
        }
        System.out.println("article: ok");
    }

    private static CompletableFuture<SdkBytes> sign(KmsAsyncClient kms, String key, byte[] digest) {
        return kms.sign(r -> r.keyId(key)
                        .message(SdkBytes.fromByteArray(digest))
                        .messageType(MessageType.DIGEST)
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .thenApply(answer -> answer.signature());
    }

    private static CompletableFuture<Boolean> verify(
            KmsAsyncClient kms, String key, byte[] digest, SdkBytes signature) {
        return kms.verify(r -> r.keyId(key)
                        .message(SdkBytes.fromByteArray(digest))
                        .messageType(MessageType.DIGEST)
                        .signature(signature)
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .thenApply(answer -> answer.signatureValid());
    }

    /** Unwraps the SDK's exception. */
    private static <T> T get(CompletableFuture<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException error) {
            throw (Exception) error.getCause();
        }
    }
}
