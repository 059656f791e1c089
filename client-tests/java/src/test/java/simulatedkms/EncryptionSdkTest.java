package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.CryptoResult;
import com.amazonaws.encryptionsdk.kmssdkv2.KmsMasterKeyProvider;
import io.github.simulatedkms.SimulatedKms;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsMrkDiscoveryKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsMrkKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateMultiKeyringInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;

/** The AWS Encryption SDK for Java, with its default commitment policy. */
class EncryptionSdkTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start();

    static final byte[] TEXT = "a text".getBytes(StandardCharsets.UTF_8);
    static final Map<String, String> CONTEXT = Map.of("purpose", "test");
    static final AwsCrypto CRYPTO = AwsCrypto.standard();
    static final MaterialProviders PROVIDERS = MaterialProviders.builder()
            .MaterialProvidersConfig(MaterialProvidersConfig.builder().build())
            .build();

    static String create(boolean multiRegion) {
        return kms.client().createKey(r -> r.multiRegion(multiRegion)).keyMetadata().arn();
    }

    static IKeyring keyring(String key) {
        return PROVIDERS.CreateAwsKmsKeyring(
                CreateAwsKmsKeyringInput.builder().kmsClient(kms.client()).kmsKeyId(key).build());
    }

    @Test
    void encryptsAndDecrypts() {
        IKeyring keyring = keyring(create(false));
        byte[] message = CRYPTO.encryptData(keyring, TEXT, CONTEXT).getResult();
        CryptoResult<byte[], ?> opened = CRYPTO.decryptData(keyring, message, CONTEXT);
        assertArrayEquals(TEXT, opened.getResult());
        assertEquals("test", opened.getEncryptionContext().get("purpose"));
        assertEquals(
                CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
                opened.getCryptoAlgorithm());
        assertEquals(1, kms.events("GenerateDataKey").size());
        assertEquals(1, kms.events("Decrypt").size());
    }

    @Test
    void changedMessage() {
        IKeyring keyring = keyring(create(false));
        byte[] message = CRYPTO.encryptData(keyring, TEXT, CONTEXT).getResult();
        // The first byte is the version, the last one is in the signature.
        for (int changed : new int[] {0, message.length / 2, message.length - 1}) {
            byte[] copy = message.clone();
            copy[changed] ^= 1;
            assertThrows(RuntimeException.class, () -> CRYPTO.decryptData(keyring, copy), "byte " + changed);
        }
        assertThrows(RuntimeException.class, () -> CRYPTO.decryptData(keyring, message, Map.of("purpose", "no")));
        assertArrayEquals(TEXT, CRYPTO.decryptData(keyring, message).getResult());
    }

    @Test
    void wrongKey() {
        byte[] message = CRYPTO.encryptData(keyring(create(false)), TEXT, CONTEXT).getResult();
        IKeyring another = keyring(create(false));
        assertThrows(RuntimeException.class, () -> CRYPTO.decryptData(another, message));
    }

    @Test
    void twoKeys() {
        IKeyring first = keyring(create(false));
        IKeyring second = keyring(create(false));
        IKeyring both = PROVIDERS.CreateMultiKeyring(CreateMultiKeyringInput.builder()
                .generator(first)
                .childKeyrings(List.of(second))
                .build());
        byte[] message = CRYPTO.encryptData(both, TEXT, CONTEXT).getResult();
        assertArrayEquals(TEXT, CRYPTO.decryptData(first, message).getResult());
        assertArrayEquals(TEXT, CRYPTO.decryptData(second, message).getResult());
    }

    @Test
    void replica() {
        String key = create(true);
        IKeyring here = PROVIDERS.CreateAwsKmsMrkKeyring(
                CreateAwsKmsMrkKeyringInput.builder().kmsClient(kms.client()).kmsKeyId(key).build());
        byte[] message = CRYPTO.encryptData(here, TEXT, CONTEXT).getResult();
        try (KmsClient west = kms.clientBuilder().region(Region.US_WEST_2).build()) {
            IKeyring discovery =
                    PROVIDERS.CreateAwsKmsMrkDiscoveryKeyring(CreateAwsKmsMrkDiscoveryKeyringInput.builder()
                            .kmsClient(west)
                            .region("us-west-2")
                            .build());
            assertThrows(RuntimeException.class, () -> CRYPTO.decryptData(discovery, message));
            kms.client().replicateKey(r -> r.keyId(key).replicaRegion("us-west-2"));
            assertArrayEquals(TEXT, CRYPTO.decryptData(discovery, message).getResult());
        }
    }

    /** Master key providers, the older API, are compatible with keyrings. */
    @Test
    void masterKeyProviders() {
        String key = create(false);
        KmsMasterKeyProvider provider = KmsMasterKeyProvider.builder()
                .customRegionalClientSupplier(region -> kms.client())
                .buildStrict(key);
        byte[] old = CRYPTO.encryptData(provider, TEXT, CONTEXT).getResult();
        assertArrayEquals(TEXT, CRYPTO.decryptData(keyring(key), old).getResult());
        byte[] message = CRYPTO.encryptData(keyring(key), TEXT, CONTEXT).getResult();
        assertArrayEquals(TEXT, CRYPTO.decryptData(provider, message).getResult());
    }
}
