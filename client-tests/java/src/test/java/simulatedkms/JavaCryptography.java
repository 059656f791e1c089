package simulatedkms;

import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import software.amazon.awssdk.core.SdkBytes;

/** Java's cryptography, to check the results of KMS. */
final class JavaCryptography {
    private JavaCryptography() {}

    static SdkBytes sealWithRsa(SdkBytes publicKey, byte[] text) throws Exception {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(publicKey.asByteArray())),
                new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return SdkBytes.fromByteArray(cipher.doFinal(text));
    }

    static PublicKey ecPublicKey(SdkBytes encoded) throws Exception {
        return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded.asByteArray()));
    }

    static boolean isSignature(PublicKey key, SdkBytes text, byte[] signature) throws Exception {
        Signature java = Signature.getInstance("SHA256withECDSA");
        java.initVerify(key);
        java.update(text.asByteArray());
        return java.verify(signature);
    }

    /** Whether the public key verifies a signature of the private key. */
    static boolean isPair(SdkBytes publicKey, SdkBytes privateKey) throws Exception {
        Signature java = Signature.getInstance("SHA256withECDSA");
        java.initSign(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(privateKey.asByteArray())));
        java.update(publicKey.asByteArray());
        return isSignature(ecPublicKey(publicKey), publicKey, java.sign());
    }
}
