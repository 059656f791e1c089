package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.simulatedkms.SimulatedKms;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptResponse;

/** 200 concurrent calls with one client, each with its own result. */
class ConcurrencyTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start();

    static final List<SdkBytes> TEXTS =
            IntStream.range(0, 200).mapToObj(i -> SdkBytes.fromUtf8String("text " + i)).toList();

    @ParameterizedTest
    @EnumSource
    void threads(Client how) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(TEXTS.size());
        try (KmsClient client = how.open(kms)) {
            String key = client.createKey().keyMetadata().keyId();
            List<Callable<SdkBytes>> calls = TEXTS.stream().<Callable<SdkBytes>>map(text -> () -> {
                        SdkBytes sealed = client.encrypt(r -> r.keyId(key).plaintext(text)).ciphertextBlob();
                        return client.decrypt(r -> r.ciphertextBlob(sealed)).plaintext();
                    })
                    .toList();
            List<Future<SdkBytes>> results = threads.invokeAll(calls);
            for (int i = 0; i < TEXTS.size(); i++) {
                assertEquals(TEXTS.get(i), results.get(i).get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void futures() {
        try (KmsAsyncClient client = Client.ASYNC.async(kms.endpoint(), Region.US_EAST_1).build()) {
            String key = client.createKey().join().keyMetadata().keyId();
            List<CompletableFuture<DecryptResponse>> calls = TEXTS.stream()
                    .map(text -> client.encrypt(r -> r.keyId(key).plaintext(text))
                            .thenCompose(sealed -> client.decrypt(r -> r.ciphertextBlob(sealed.ciphertextBlob()))))
                    .toList();
            CompletableFuture.allOf(calls.toArray(new CompletableFuture<?>[0])).join();
            assertEquals(TEXTS, calls.stream().map(call -> call.join().plaintext()).toList());
        }
    }
}
