package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.simulatedkms.SimulatedKms;
import java.security.KeyPairGenerator;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;

/** Java validates certificates that Bouncy Castle created and KMS signed. */
class CertificatesTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start();

    static Certificates authority() {
        String key = kms.client()
                .createKey(r -> r.keySpec(KeySpec.ECC_NIST_P256).keyUsage(KeyUsageType.SIGN_VERIFY))
                .keyMetadata()
                .keyId();
        return new Certificates(kms.client(), key, "An authority");
    }

    static void validate(X509Certificate root, X509Certificate leaf) throws Exception {
        PKIXParameters trusted = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        trusted.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), trusted);
    }

    @Test
    void validates() throws Exception {
        Certificates authority = authority();
        byte[] publicKey = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic().getEncoded();
        X509Certificate root = authority.root();
        X509Certificate leaf = authority.issue("A server", publicKey, false);
        root.verify(root.getPublicKey());
        validate(root, leaf);
        assertEquals(3, kms.events("Sign").size() + kms.events("GetPublicKey").size());

        // An authority with the same name and another key did not sign it.
        assertThrows(CertPathValidatorException.class, () -> validate(authority().root(), leaf));
    }
}
