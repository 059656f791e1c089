"""securesystemslib, which signs for TUF and in-toto: the private key is in KMS, the public key in the metadata."""

import unittest

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import AWSSigner, Key, Signature, Signer

from proofs import create_key, kms

MESSAGE = b'{"_type": "targets", "version": 1}'


class Signing(unittest.TestCase):
    def test_every_scheme(self):
        for spec, scheme in [
            ("ECC_NIST_P256", "ecdsa-sha2-nistp256"),
            ("ECC_NIST_P384", "ecdsa-sha2-nistp384"),
            ("RSA_2048", "rsassa-pss-sha256"),
            ("RSA_4096", "rsassa-pss-sha256"),
        ]:
            with self.subTest(spec):
                uri, public = AWSSigner.import_(create_key(spec, "SIGN_VERIFY"))
                self.assertEqual(public.scheme, scheme)
                # The metadata is enough to verify without KMS.
                published = Key.from_dict(public.keyid, public.to_dict())
                signed = Signer.from_priv_key_uri(uri, public).sign(MESSAGE)
                signature = Signature.from_dict(signed.to_dict())
                published.verify_signature(signature, MESSAGE)
                with self.assertRaises(UnverifiedSignatureError):
                    published.verify_signature(signature, MESSAGE + b" ")

    def test_alias(self):
        kms.create_alias(
            AliasName="alias/targets", TargetKeyId=create_key("ECC_NIST_P256", "SIGN_VERIFY")
        )
        uri, public = AWSSigner.import_("alias/targets")
        self.assertEqual(uri, "awskms:alias/targets")
        public.verify_signature(Signer.from_priv_key_uri(uri, public).sign(MESSAGE), MESSAGE)


if __name__ == "__main__":
    unittest.main()
