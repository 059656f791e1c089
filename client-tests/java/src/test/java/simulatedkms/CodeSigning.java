package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import net.jsign.AuthenticodeSigner;
import net.jsign.DigestAlgorithm;
import net.jsign.KeyStoreBuilder;
import net.jsign.KeyStoreType;
import net.jsign.Signable;
import net.jsign.script.PowerShellScript;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/**
 * jsign signs a PowerShell script by Authenticode. It reads no endpoint from the environment: it calls
 * https://kms.us-east-1.amazonaws.com, so that name has to lead to the emulator, in the file of {@code jdk.net.hosts.file}.
 */
final class CodeSigning {
    private static final String REGION = "us-east-1";
    private static final String SCRIPT = "Write-Host 'Hello'\r\n";

    public static void main(String[] arguments) throws Exception {
        // The SDK finds the emulator in the same way.
        assertNull(System.getenv("AWS_ENDPOINT_URL"));
        Path folder = Files.createTempDirectory("code-signing");
        Path script = folder.resolve("hello.ps1");
        Path certificate = folder.resolve("publisher.pem");
        try (KmsClient kms = KmsClient.create()) {
            String key = kms.createKey(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
                    .keyMetadata()
                    .keyId();
            X509Certificate publisher = new Certificates(kms, key, "A publisher").root();
            Files.writeString(certificate, Certificates.pem(publisher));
            KeyStore keys = keys(REGION, certificate);
            signs(keys, key, script, publisher);
            refuses(keys, kms.createKey().keyMetadata().keyId());
            hasNoOtherRegion(certificate);
        } finally {
            Files.deleteIfExists(script);
            Files.deleteIfExists(certificate);
            Files.delete(folder);
        }
        System.out.println("code signing: ok");
    }

    private static void signs(KeyStore keys, String key, Path script, X509Certificate publisher) throws Exception {
        assertTrue(keys.containsAlias(key));
        Files.writeString(script, SCRIPT);
        try (Signable file = new PowerShellScript(script.toFile())) {
            new AuthenticodeSigner(keys, key, null)
                    .withSignatureProvider(keys.getProvider())
                    .withDigestAlgorithm(DigestAlgorithm.SHA256)
                    .withTimestamping(false)
                    .sign(file);
        }
        assertTrue(isSigned(script, publisher));

        String signed = Files.readString(script);
        assertTrue(signed.startsWith(SCRIPT) && signed.contains("# SIG # Begin signature block"), signed);
        Files.writeString(script, signed.replace("Hello", "Haha!"));
        assertFalse(isSigned(script, publisher), "a changed script");
    }

    /** A key that is not for signatures, and no key. */
    private static void refuses(KeyStore keys, String symmetric) {
        Exception refused = assertThrows(UnrecoverableKeyException.class, () -> keys.getKey(symmetric, null));
        assertEquals("The key '" + symmetric + "' is not a signing key", refused.getMessage());
        refused = assertThrows(UnrecoverableKeyException.class, () -> keys.getKey("alias/nothing", null));
        assertEquals(
                "NotFoundException: Alias arn:aws:kms:us-east-1:000000000000:alias/nothing is not found.",
                refused.getCause().getMessage());
    }

    /** The file of host names has the endpoint of one Region. */
    private static void hasNoOtherRegion(Path certificate) throws Exception {
        KeyStore keys = keys("eu-west-1", certificate);
        Exception refused = assertThrows(UnrecoverableKeyException.class, () -> keys.getKey("alias/nothing", null));
        assertEquals(UnknownHostException.class, refused.getCause().getClass());
    }

    private static KeyStore keys(String region, Path certificate) throws Exception {
        return new KeyStoreBuilder()
                .storetype(KeyStoreType.AWS)
                .keystore(region)
                .storepass("test|test")
                .certfile(certificate.toFile())
                .build();
    }

    /** Whether the publisher signed a digest, and it is the script's. */
    private static boolean isSigned(Path script, X509Certificate publisher) throws Exception {
        try (Signable file = new PowerShellScript(script.toFile())) {
            List<CMSSignedData> signatures = file.getSignatures();
            assertEquals(1, signatures.size());
            // jsign reads it without its content.
            CMSSignedData signature = new CMSSignedData(signatures.get(0).getEncoded());
            SignerInformation signer =
                    signature.getSignerInfos().getSigners().iterator().next();
            assertTrue(signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(publisher)));
            // The second member of Authenticode's content.
            ASN1Sequence content = ASN1Sequence.getInstance(signature.getSignedContent().getContent());
            byte[] digest = DigestInfo.getInstance(content.getObjectAt(1)).getDigest();
            return Arrays.equals(digest, file.computeDigest(DigestAlgorithm.SHA256));
        }
    }
}
