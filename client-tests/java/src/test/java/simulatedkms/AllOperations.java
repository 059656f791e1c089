package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jcajce.SecretKeyWithEncapsulation;
import org.bouncycastle.jcajce.spec.KEMGenerateSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.*;

/** Calls every operation of KMS. Java's cryptography checks results where possible. */
final class AllOperations {
    private static final SdkBytes TEXT = SdkBytes.fromUtf8String("a text");
    private final KmsClient kms;
    private final KmsClient west;

    /** Uses a client for us-east-1 and one for us-west-2. */
    AllOperations(KmsClient kms, KmsClient west) {
        this.kms = kms;
        this.west = west;
    }

    void run() throws Exception {
        lifeOfAKey();
        aliases();
        grants();
        rotation();
        importedMaterial();
        replicas();
        customKeyStores();
        encryption();
        dataKeys();
        signatures();
        agreement();
        encapsulation();
    }

    private String create(Consumer<CreateKeyRequest.Builder> request) {
        return kms.createKey(request).keyMetadata().keyId();
    }

    private String create(KeySpec spec, KeyUsageType usage) {
        return create(r -> r.keySpec(spec).keyUsage(usage));
    }

    private KeyMetadata describe(String key) {
        return kms.describeKey(r -> r.keyId(key)).keyMetadata();
    }

    private SdkBytes encrypt(KmsClient client, String key) {
        return client.encrypt(r -> r.keyId(key).plaintext(TEXT)).ciphertextBlob();
    }

    private SdkBytes decrypt(KmsClient client, SdkBytes ciphertext) {
        return client.decrypt(r -> r.ciphertextBlob(ciphertext)).plaintext();
    }

    private void lifeOfAKey() {
        String key = create(r -> r.description("first").tags(t -> t.tagKey("a").tagValue("b")));
        assertTrue(kms.listKeys().keys().stream().anyMatch(entry -> entry.keyId().equals(key)));
        kms.tagResource(r -> r.keyId(key).tags(t -> t.tagKey("c").tagValue("d")));
        kms.untagResource(r -> r.keyId(key).tagKeys("a"));
        Tag left = Tag.builder().tagKey("c").tagValue("d").build();
        assertEquals(List.of(left), kms.listResourceTags(r -> r.keyId(key)).tags());
        kms.updateKeyDescription(r -> r.keyId(key).description("second"));
        assertEquals("second", describe(key).description());

        String policy = kms.getKeyPolicy(r -> r.keyId(key)).policy();
        kms.putKeyPolicy(r -> r.keyId(key).policy(policy.replace("key-default-1", "another")));
        assertTrue(kms.getKeyPolicy(r -> r.keyId(key)).policy().contains("another"));
        assertEquals(List.of("default"), kms.listKeyPolicies(r -> r.keyId(key)).policyNames());

        kms.disableKey(r -> r.keyId(key));
        assertThrows(DisabledException.class, () -> encrypt(kms, key));
        kms.enableKey(r -> r.keyId(key));
        encrypt(kms, key);
        assertEquals(
                KeyLastUsageTrackingOperation.ENCRYPT,
                kms.getKeyLastUsage(r -> r.keyId(key)).keyLastUsage().operation());

        kms.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7));
        assertEquals(KeyState.PENDING_DELETION, describe(key).keyState());
        kms.cancelKeyDeletion(r -> r.keyId(key));
        assertEquals(KeyState.DISABLED, describe(key).keyState());
    }

    private void aliases() {
        String key = create(r -> {});
        String another = create(r -> {});
        kms.createAlias(r -> r.aliasName("alias/orders").targetKeyId(key));
        assertEquals(key, describe("alias/orders").keyId());
        kms.updateAlias(r -> r.aliasName("alias/orders").targetKeyId(another));
        assertEquals(another, describe("alias/orders").keyId());
        List<AliasListEntry> aliases = kms.listAliases(r -> r.keyId(another)).aliases();
        assertEquals(List.of("alias/orders"), aliases.stream().map(AliasListEntry::aliasName).toList());
        kms.deleteAlias(r -> r.aliasName("alias/orders"));
        assertThrows(NotFoundException.class, () -> describe("alias/orders"));
    }

    private void grants() {
        String key = create(r -> {});
        String root = "arn:aws:iam::" + describe(key).awsAccountId() + ":root";
        List<CreateGrantResponse> created = List.of(1, 2, 3).stream()
                .map(each -> kms.createGrant(r -> r.keyId(key)
                        .granteePrincipal(root)
                        .retiringPrincipal(root)
                        .operations(GrantOperation.ENCRYPT)))
                .toList();
        assertEquals(3, kms.listRetirableGrants(r -> r.retiringPrincipal(root)).grants().size());
        kms.retireGrant(r -> r.grantToken(created.get(0).grantToken()));
        kms.revokeGrant(r -> r.keyId(key).grantId(created.get(1).grantId()));
        List<GrantListEntry> left = kms.listGrants(r -> r.keyId(key)).grants();
        assertEquals(List.of(created.get(2).grantId()), left.stream().map(GrantListEntry::grantId).toList());
    }

    private void rotation() {
        String key = create(r -> {});
        SdkBytes before = encrypt(kms, key);
        kms.enableKeyRotation(r -> r.keyId(key).rotationPeriodInDays(90));
        assertEquals(90, kms.getKeyRotationStatus(r -> r.keyId(key)).rotationPeriodInDays());
        kms.disableKeyRotation(r -> r.keyId(key));
        assertFalse(kms.getKeyRotationStatus(r -> r.keyId(key)).keyRotationEnabled());
        kms.rotateKeyOnDemand(r -> r.keyId(key));
        List<RotationsListEntry> rotations = kms.listKeyRotations(r -> r.keyId(key)).rotations();
        assertEquals(
                List.of(RotationType.ON_DEMAND),
                rotations.stream().map(RotationsListEntry::rotationType).toList());
        assertEquals(TEXT, decrypt(kms, before));
    }

    /** The key material is known, so Java computes the same MACs. */
    private void importedMaterial() throws Exception {
        byte[] material = new byte[32];
        new SecureRandom().nextBytes(material);
        String key = create(r -> r.origin(OriginType.EXTERNAL)
                .keySpec(KeySpec.HMAC_256)
                .keyUsage(KeyUsageType.GENERATE_VERIFY_MAC));
        GetParametersForImportResponse parameters = kms.getParametersForImport(r -> r.keyId(key)
                .wrappingAlgorithm(AlgorithmSpec.RSAES_OAEP_SHA_256)
                .wrappingKeySpec(WrappingKeySpec.RSA_2048));
        SdkBytes wrapped = JavaCryptography.sealWithRsa(parameters.publicKey(), material);
        kms.importKeyMaterial(r -> r.keyId(key)
                .importToken(parameters.importToken())
                .encryptedKeyMaterial(wrapped)
                .expirationModel(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE));

        SdkBytes mac = kms.generateMac(
                        r -> r.keyId(key).message(TEXT).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
                .mac();
        Mac java = Mac.getInstance("HmacSHA256");
        java.init(new SecretKeySpec(material, "HmacSHA256"));
        assertArrayEquals(java.doFinal(TEXT.asByteArray()), mac.asByteArray());
        assertTrue(kms.verifyMac(
                        r -> r.keyId(key).message(TEXT).mac(mac).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
                .macValid());

        kms.deleteImportedKeyMaterial(r -> r.keyId(key));
        assertEquals(KeyState.PENDING_IMPORT, describe(key).keyState());
    }

    private void replicas() {
        String key = create(r -> r.multiRegion(true));
        SdkBytes sealed = encrypt(kms, key);
        kms.replicateKey(r -> r.keyId(key).replicaRegion("us-west-2"));
        assertEquals(TEXT, decrypt(west, sealed));
        kms.updatePrimaryRegion(r -> r.keyId(key).primaryRegion("us-west-2"));
        MultiRegionConfiguration regions =
                west.describeKey(r -> r.keyId(key)).keyMetadata().multiRegionConfiguration();
        assertEquals(MultiRegionKeyType.PRIMARY, regions.multiRegionKeyType());
        assertEquals("us-east-1", regions.replicaKeys().get(0).region());
    }

    private void customKeyStores() throws Exception {
        String authority = create(KeySpec.ECC_NIST_P256, KeyUsageType.SIGN_VERIFY);
        String anchor = Certificates.pem(new Certificates(kms, authority, "A cluster").root());
        String store = kms.createCustomKeyStore(r -> r.customKeyStoreName("a store")
                        .cloudHsmClusterId("cluster-abcdefghijk")
                        .trustAnchorCertificate(anchor)
                        .keyStorePassword("a password"))
                .customKeyStoreId();
        kms.updateCustomKeyStore(r -> r.customKeyStoreId(store).newCustomKeyStoreName("renamed"));
        kms.connectCustomKeyStore(r -> r.customKeyStoreId(store));
        CustomKeyStoresListEntry described = kms.describeCustomKeyStores().customKeyStores().get(0);
        assertEquals("renamed", described.customKeyStoreName());
        assertEquals(ConnectionStateType.CONNECTED, described.connectionState());
        String key = create(r -> r.origin(OriginType.AWS_CLOUDHSM).customKeyStoreId(store));
        SdkBytes sealed = encrypt(kms, key);
        assertEquals(TEXT, decrypt(kms, sealed));
        kms.disconnectCustomKeyStore(r -> r.customKeyStoreId(store));
        assertThrows(KmsInvalidStateException.class, () -> decrypt(kms, sealed));
        assertThrows(
                CustomKeyStoreHasCmKsException.class,
                () -> kms.deleteCustomKeyStore(r -> r.customKeyStoreId(store)));

        String empty = kms.createCustomKeyStore(r -> r.customKeyStoreName("an empty store")
                        .cloudHsmClusterId("cluster-abcdefghijl")
                        .trustAnchorCertificate(anchor)
                        .keyStorePassword("a password"))
                .customKeyStoreId();
        kms.deleteCustomKeyStore(r -> r.customKeyStoreId(empty));
        assertEquals(1, kms.describeCustomKeyStores().customKeyStores().size());
    }

    private void encryption() throws Exception {
        String from = create(r -> {});
        String to = create(r -> {});
        Map<String, String> context = Map.of("purpose", "test");
        SdkBytes sealed = kms.encrypt(r -> r.keyId(from).plaintext(TEXT).encryptionContext(context))
                .ciphertextBlob();
        ReEncryptResponse again = kms.reEncrypt(
                r -> r.ciphertextBlob(sealed).sourceEncryptionContext(context).destinationKeyId(to));
        assertTrue(again.keyId().endsWith(to));
        assertEquals(TEXT, decrypt(kms, again.ciphertextBlob()));

        String rsa = create(KeySpec.RSA_2048, KeyUsageType.ENCRYPT_DECRYPT);
        SdkBytes publicKey = kms.getPublicKey(r -> r.keyId(rsa)).publicKey();
        SdkBytes sealedHere = JavaCryptography.sealWithRsa(publicKey, TEXT.asByteArray());
        assertEquals(
                TEXT,
                kms.decrypt(r -> r.keyId(rsa)
                                .ciphertextBlob(sealedHere)
                                .encryptionAlgorithm(EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256))
                        .plaintext());
    }

    private void dataKeys() throws Exception {
        String key = create(r -> {});
        GenerateDataKeyResponse dataKey = kms.generateDataKey(r -> r.keyId(key).keySpec(DataKeySpec.AES_256));
        assertEquals(dataKey.plaintext(), decrypt(kms, dataKey.ciphertextBlob()));
        SdkBytes sealed = kms.generateDataKeyWithoutPlaintext(r -> r.keyId(key).numberOfBytes(16))
                .ciphertextBlob();
        assertEquals(16, decrypt(kms, sealed).asByteArray().length);

        GenerateDataKeyPairResponse pair =
                kms.generateDataKeyPair(r -> r.keyId(key).keyPairSpec(DataKeyPairSpec.ECC_NIST_P256));
        assertEquals(pair.privateKeyPlaintext(), decrypt(kms, pair.privateKeyCiphertextBlob()));
        assertTrue(JavaCryptography.isPair(pair.publicKey(), pair.privateKeyPlaintext()));
        GenerateDataKeyPairWithoutPlaintextResponse closed = kms.generateDataKeyPairWithoutPlaintext(
                r -> r.keyId(key).keyPairSpec(DataKeyPairSpec.ECC_NIST_P256));
        assertTrue(JavaCryptography.isPair(closed.publicKey(), decrypt(kms, closed.privateKeyCiphertextBlob())));

        SdkBytes random = kms.generateRandom(r -> r.numberOfBytes(32)).plaintext();
        assertNotEquals(random, kms.generateRandom(r -> r.numberOfBytes(32)).plaintext());
    }

    private void signatures() throws Exception {
        String key = create(KeySpec.ECC_NIST_P256, KeyUsageType.SIGN_VERIFY);
        PublicKey publicKey = JavaCryptography.ecPublicKey(kms.getPublicKey(r -> r.keyId(key)).publicKey());
        SdkBytes signature = kms.sign(
                        r -> r.keyId(key).message(TEXT).signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .signature();
        assertTrue(JavaCryptography.isSignature(publicKey, TEXT, signature.asByteArray()));
        assertTrue(kms.verify(r -> r.keyId(key)
                        .message(TEXT)
                        .signature(signature)
                        .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                .signatureValid());
    }

    private void agreement() throws Exception {
        String key = create(KeySpec.ECC_NIST_P256, KeyUsageType.KEY_AGREEMENT);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair mine = generator.generateKeyPair();
        KeyAgreement java = KeyAgreement.getInstance("ECDH");
        java.init(mine.getPrivate());
        java.doPhase(JavaCryptography.ecPublicKey(kms.getPublicKey(r -> r.keyId(key)).publicKey()), true);
        SdkBytes secret = kms.deriveSharedSecret(r -> r.keyId(key)
                        .keyAgreementAlgorithm(KeyAgreementAlgorithmSpec.ECDH)
                        .publicKey(SdkBytes.fromByteArray(mine.getPublic().getEncoded())))
                .sharedSecret();
        assertArrayEquals(java.generateSecret(), secret.asByteArray());
    }

    /** Bouncy Castle checks ML-KEM, because Java 17 does not have it. */
    private void encapsulation() throws Exception {
        String key = create(KeySpec.ML_KEM_768, KeyUsageType.ENCAPSULATE_DECAPSULATE);
        EncapsulateResponse sent =
                kms.encapsulate(r -> r.keyId(key).encapsulationAlgorithm(EncapsulationAlgorithmSpec.ML_KEM));
        assertEquals(sent.sharedSecret(), decapsulate(key, sent.sharedSecretCiphertextBlob()));

        BouncyCastleProvider provider = new BouncyCastleProvider();
        byte[] encoded = kms.getPublicKey(r -> r.keyId(key)).publicKey().asByteArray();
        PublicKey publicKey =
                KeyFactory.getInstance("ML-KEM", provider).generatePublic(new X509EncodedKeySpec(encoded));
        KeyGenerator generator = KeyGenerator.getInstance("ML-KEM", provider);
        generator.init(new KEMGenerateSpec.Builder(publicKey, "AES", 256).withNoKdf().build());
        SecretKeyWithEncapsulation mine = (SecretKeyWithEncapsulation) generator.generateKey();
        SdkBytes secret = decapsulate(key, SdkBytes.fromByteArray(mine.getEncapsulation()));
        assertArrayEquals(mine.getEncoded(), secret.asByteArray());
    }

    private SdkBytes decapsulate(String key, SdkBytes ciphertext) {
        return kms.decapsulate(r -> r.keyId(key)
                        .encapsulationAlgorithm(EncapsulationAlgorithmSpec.ML_KEM)
                        .sharedSecretCiphertextBlob(ciphertext))
                .sharedSecret();
    }
}
