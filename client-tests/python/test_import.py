"""Imported key material: KMS and other libraries use the same key."""

import datetime
import hmac
import os
import unittest

from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from proofs import kms


def pkcs8(private):
    return private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def oaep(digest):
    return padding.OAEP(padding.MGF1(digest()), digest(), None)


def wrap(algorithm, wrapping_key, material):
    key = serialization.load_der_public_key(wrapping_key)
    digest = hashes.SHA1 if algorithm.endswith("SHA_1") else hashes.SHA256
    if algorithm.startswith("RSAES_OAEP"):
        return key.encrypt(material, oaep(digest))
    aes = os.urandom(32)
    return key.encrypt(aes, oaep(digest)) + aes_key_wrap_with_padding(aes, material)


def create(spec, usage):
    created = kms.create_key(KeySpec=spec, KeyUsage=usage, Origin="EXTERNAL")
    assert created["KeyMetadata"]["KeyState"] == "PendingImport"
    return created["KeyMetadata"]["KeyId"]


def bring(key, material, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048", **members):
    parameters = kms.get_parameters_for_import(
        KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=spec
    )
    members.setdefault("ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    return kms.import_key_material(
        KeyId=key,
        ImportToken=parameters["ImportToken"],
        EncryptedKeyMaterial=wrap(algorithm, parameters["PublicKey"], material),
        **members,
    )


class Import(unittest.TestCase):
    def test_rsa_signs_and_decrypts(self):
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = private.public_key()
        for algorithm in ["RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"]:
            key = create("RSA_2048", "SIGN_VERIFY")
            bring(key, pkcs8(private), algorithm, "RSA_3072")
            arguments = {"KeyId": key, "Message": b"m", "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256"}
            signature = kms.sign(**arguments)["Signature"]
            public.verify(signature, b"m", padding.PKCS1v15(), hashes.SHA256())
            self.assertEqual(
                private.sign(b"m", padding.PKCS1v15(), hashes.SHA256()), signature
            )
        key = create("RSA_2048", "ENCRYPT_DECRYPT")
        bring(key, pkcs8(private), "RSA_AES_KEY_WRAP_SHA_256")
        sealed = kms.encrypt(
            KeyId=key, Plaintext=b"secret", EncryptionAlgorithm="RSAES_OAEP_SHA_256"
        )["CiphertextBlob"]
        self.assertEqual(private.decrypt(sealed, oaep(hashes.SHA256)), b"secret")

    def test_curves_sign(self):
        for spec, curve, digest, name, algorithm in [
            ("ECC_NIST_P256", ec.SECP256R1(), hashes.SHA256(), "256", "RSAES_OAEP_SHA_256"),
            ("ECC_NIST_P384", ec.SECP384R1(), hashes.SHA384(), "384", "RSAES_OAEP_SHA_1"),
            ("ECC_NIST_P521", ec.SECP521R1(), hashes.SHA512(), "512", "RSA_AES_KEY_WRAP_SHA_256"),
            ("ECC_SECG_P256K1", ec.SECP256K1(), hashes.SHA256(), "256", "RSAES_OAEP_SHA_256"),
        ]:
            with self.subTest(spec):
                private = ec.generate_private_key(curve)
                key = create(spec, "SIGN_VERIFY")
                bring(key, pkcs8(private), algorithm)
                arguments = {"KeyId": key, "Message": b"m", "SigningAlgorithm": f"ECDSA_SHA_{name}"}
                signature = kms.sign(**arguments)["Signature"]
                private.public_key().verify(signature, b"m", ec.ECDSA(digest))
                with self.assertRaises(InvalidSignature):
                    private.public_key().verify(signature, b"n", ec.ECDSA(digest))
                outside = private.sign(b"m", ec.ECDSA(digest))
                self.assertTrue(kms.verify(Signature=outside, **arguments)["SignatureValid"])

    def test_ed25519_signs(self):
        private = ed25519.Ed25519PrivateKey.generate()
        key = create("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
        bring(key, pkcs8(private), spec="RSA_3072")
        arguments = {"KeyId": key, "Message": b"m", "SigningAlgorithm": "ED25519_SHA_512"}
        self.assertEqual(kms.sign(**arguments)["Signature"], private.sign(b"m"))

    def test_curves_agree(self):
        private = ec.generate_private_key(ec.SECP256R1())
        key = create("ECC_NIST_P256", "KEY_AGREEMENT")
        bring(key, pkcs8(private))
        other = ec.generate_private_key(ec.SECP256R1())
        public = other.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        agreed = kms.derive_shared_secret(
            KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=public
        )["SharedSecret"]
        self.assertEqual(agreed, private.exchange(ec.ECDH(), other.public_key()))

    def test_macs(self):
        for bits, length in [(224, 28), (256, 32), (384, 48), (512, 64)]:
            secret = os.urandom(length)
            key = create(f"HMAC_{bits}", "GENERATE_VERIFY_MAC")
            bring(key, secret)
            arguments = {"KeyId": key, "Message": b"m", "MacAlgorithm": f"HMAC_SHA_{bits}"}
            mac = hmac.digest(secret, b"m", f"sha{bits}")
            self.assertEqual(kms.generate_mac(**arguments)["Mac"], mac)
            self.assertTrue(kms.verify_mac(Mac=mac, **arguments)["MacValid"])

    def test_symmetric_key(self):
        secret = os.urandom(32)
        key = create("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
        first = bring(key, secret)["KeyMaterialId"]
        sealed = kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
        kms.delete_imported_key_material(KeyId=key)
        with self.assertRaises(kms.exceptions.KMSInvalidStateException):
            kms.decrypt(CiphertextBlob=sealed)
        with self.assertRaises(kms.exceptions.IncorrectKeyMaterialException):
            bring(key, os.urandom(32))
        until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)
        bring(key, secret, ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=until)
        self.assertEqual(kms.decrypt(CiphertextBlob=sealed)["KeyMaterialId"], first)

        second = bring(key, os.urandom(32), ImportType="NEW_KEY_MATERIAL")["KeyMaterialId"]
        self.assertEqual(kms.decrypt(CiphertextBlob=sealed)["Plaintext"], b"a")
        kms.rotate_key_on_demand(KeyId=key)
        again = kms.encrypt(KeyId=key, Plaintext=b"b")["CiphertextBlob"]
        self.assertEqual(kms.decrypt(CiphertextBlob=again)["KeyMaterialId"], second)
        self.assertEqual(kms.decrypt(CiphertextBlob=sealed)["KeyMaterialId"], first)
        pages = kms.get_paginator("list_key_rotations").paginate(
            KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL", PaginationConfig={"PageSize": 1}
        )
        states = [entry["KeyMaterialState"] for page in pages for entry in page["Rotations"]]
        self.assertEqual(states, ["NON_CURRENT", "CURRENT"])

    def test_wrong_material(self):
        private = pkcs8(ec.generate_private_key(ec.SECP256R1()))
        for spec, usage, material in [
            ("ECC_NIST_P384", "SIGN_VERIFY", private),
            ("ECC_NIST_P256", "SIGN_VERIFY", private[:-1]),
            ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", b"short"),
        ]:
            with self.assertRaises(kms.exceptions.InvalidCiphertextException):
                bring(create(spec, usage), material)
        with self.assertRaises(ClientError):
            bring(create("RSA_2048", "SIGN_VERIFY"), private)


if __name__ == "__main__":
    unittest.main()
