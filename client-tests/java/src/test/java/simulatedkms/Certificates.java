package simulatedkms;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;

/** A certificate authority by Bouncy Castle, with its key in KMS. */
record Certificates(KmsClient kms, String key, String name) {
    /** The authority's certificate. */
    X509Certificate root() throws Exception {
        return issue(name, kms.getPublicKey(r -> r.keyId(key)).publicKey().asByteArray(), true);
    }

    /** A certificate for a public key, a SubjectPublicKeyInfo. */
    X509Certificate issue(String subject, byte[] publicKey, boolean authority) throws Exception {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                new X500Name("CN=" + name),
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(1, ChronoUnit.HOURS)),
                Date.from(now.plus(1, ChronoUnit.HOURS)),
                new X500Name("CN=" + subject),
                SubjectPublicKeyInfo.getInstance(publicKey));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        byte[] encoded = builder.build(new Signer(kms, key)).getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    static String pem(X509Certificate certificate) throws Exception {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        return "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n";
    }

    /** The signer of Bouncy Castle for certificates, requests, revocation lists and e-mail. */
    private record Signer(KmsClient kms, String key, ByteArrayOutputStream content) implements ContentSigner {
        Signer(KmsClient kms, String key) {
            this(kms, key, new ByteArrayOutputStream());
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return new DefaultSignatureAlgorithmIdentifierFinder().find("SHA256withECDSA");
        }

        @Override
        public OutputStream getOutputStream() {
            return content;
        }

        @Override
        public byte[] getSignature() {
            return kms.sign(r -> r.keyId(key)
                            .message(SdkBytes.fromByteArray(content.toByteArray()))
                            .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256))
                    .signature()
                    .asByteArray();
        }
    }
}
