package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.simulatedkms.SimulatedKmsContainer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/** Tests with a container. They need a Docker engine with the image. */
@Tag("docker")
class SimulatedKmsContainerTest {
    static final SimulatedKmsContainer container = new SimulatedKmsContainer().withSeed("""
            keys:
              - alias: alias/orders
                spec: ECC_NIST_P256
                usage: SIGN_VERIFY
                material: {seed: orders}
            """);

    static KmsClient client;

    @BeforeAll
    static void start() {
        container.start();
        client = container.client();
    }

    @AfterAll
    static void stop() {
        container.stop();
        client.close();
    }

    static boolean verify(SdkBytes signature, String message) {
        return client.verify(r -> r.keyId("alias/orders")
                        .message(SdkBytes.fromUtf8String(message))
                        .signature(signature)
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .signatureValid();
    }

    @Test
    void seed() {
        assertEquals(KeySpec.ECC_NIST_P256, client.getPublicKey(r -> r.keyId("alias/orders")).keySpec());
        SdkBytes signature = client.sign(r -> r.keyId("alias/orders")
                        .message(SdkBytes.fromUtf8String("an order"))
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .signature();
        assertTrue(verify(signature, "an order"));
        assertThrows(KmsInvalidSignatureException.class, () -> verify(signature, "another order"));
    }

    @Test
    void clock() throws Exception {
        String key = client.createKey().keyMetadata().keyId();
        client.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
        HttpRequest advance = HttpRequest.newBuilder(container.endpoint().resolve("/_emulator/clock"))
                .header("X-Emulator-Token", SimulatedKmsContainer.TOKEN)
                .PUT(BodyPublishers.ofString("{\"advance\": \"8d\"}"))
                .build();
        assertEquals(200, HttpClient.newHttpClient().send(advance, BodyHandlers.ofString()).statusCode());
        assertThrows(NotFoundException.class, () -> client.describeKey(r -> r.keyId(key)));
    }
}
