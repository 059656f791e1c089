"""Keys in external key stores. Each test has its own emulator and a proxy that encrypts and checks signatures."""

import datetime
import ipaddress
import os
import pathlib
import ssl
import subprocess
import tempfile
import unittest

import boto3
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from xks_proxy import HOST, PREFIX, Proxy


class ExternalKeyStore(unittest.TestCase):
    def setUp(self):
        self.start(Proxy())

    def start(self, proxy, *options):
        self.proxy = proxy
        self.addCleanup(self.proxy.stop)
        self.emulator = subprocess.Popen(
            [
                os.environ["KMS_EMULATOR_BINARY"],
                *("serve", "--port=0", "--temporary", "--log-level=error"),
                f"--xks-connect-to={HOST}={self.proxy.url}",
                *options,
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(self.end)
        url = self.emulator.stdout.readline().split()[4]
        self.kms = boto3.client("kms", endpoint_url=url)

    def end(self):
        self.emulator.kill()
        self.emulator.wait()
        self.emulator.stdout.close()

    def create_store(self, name="store", **changed):
        settings = {
            "CustomKeyStoreName": name,
            "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
            "XksProxyConnectivity": "PUBLIC_ENDPOINT",
            "XksProxyUriEndpoint": f"https://{HOST}",
            "XksProxyUriPath": PREFIX,
            "XksProxyAuthenticationCredential": {
                "AccessKeyId": self.proxy.access_key_id,
                "RawSecretAccessKey": self.proxy.secret,
            },
            **changed,
        }
        return self.kms.create_custom_key_store(**settings)["CustomKeyStoreId"]

    def connected_store(self):
        store = self.create_store()
        self.kms.connect_custom_key_store(CustomKeyStoreId=store)
        return store

    def create_key(self, store, name="key-1"):
        if name not in self.proxy.keys:
            self.proxy.add_key(name)
        created = self.kms.create_key(
            Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId=name
        )
        return created["KeyMetadata"]

    def refused(self, code, operation, **members):
        with self.assertRaises(ClientError) as raised:
            getattr(self.kms, operation)(**members)
        error = raised.exception.response["Error"]
        self.assertEqual(error["Code"], code)
        return error["Message"]

    def test_store_life_cycle(self):
        store = self.create_store()
        self.assertEqual(self.proxy.calls[-1][0], "/health")
        self.assertEqual(self.proxy.calls[-1][1]["kmsOperation"], "CreateCustomKeyStore")
        (described,) = self.kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
        self.assertEqual(described["ConnectionState"], "DISCONNECTED")
        proxy = described["XksProxyConfiguration"]
        self.assertEqual(proxy["UriPath"], PREFIX)
        self.assertNotIn(self.proxy.secret, str(described))

        self.kms.connect_custom_key_store(CustomKeyStoreId=store)
        (described,) = self.kms.describe_custom_key_stores()["CustomKeyStores"]
        self.assertEqual(described["ConnectionState"], "CONNECTED")
        self.refused(
            "CustomKeyStoreInvalidStateException", "delete_custom_key_store", CustomKeyStoreId=store
        )

        key = self.create_key(store)
        self.assertEqual(key["XksKeyConfiguration"], {"Id": "key-1"})
        self.assertEqual((key["Origin"], key["CustomKeyStoreId"]), ("EXTERNAL_KEY_STORE", store))
        self.kms.disconnect_custom_key_store(CustomKeyStoreId=store)
        described = self.kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        self.assertEqual(described["KeyState"], "Unavailable")
        self.refused(
            "KMSInvalidStateException", "encrypt", KeyId=key["KeyId"], Plaintext=b"a"
        )
        self.refused(
            "CustomKeyStoreHasCMKsException", "delete_custom_key_store", CustomKeyStoreId=store
        )
        self.kms.update_custom_key_store(CustomKeyStoreId=store, NewCustomKeyStoreName="renamed")
        self.kms.connect_custom_key_store(CustomKeyStoreId=store)
        (described,) = self.kms.describe_custom_key_stores(CustomKeyStoreName="renamed")[
            "CustomKeyStores"
        ]
        self.assertEqual(described["CustomKeyStoreId"], store)
        self.kms.encrypt(KeyId=key["KeyId"], Plaintext=b"a")

    def test_delete_empty_store(self):
        store = self.create_store()
        self.kms.delete_custom_key_store(CustomKeyStoreId=store)
        self.assertEqual(self.kms.describe_custom_key_stores()["CustomKeyStores"], [])
        self.refused(
            "CustomKeyStoreNotFoundException", "connect_custom_key_store", CustomKeyStoreId=store
        )

    def test_decryption_needs_the_proxy(self):
        store = self.connected_store()
        key = self.create_key(store)
        context = {"purpose": "test"}
        sealed = self.kms.encrypt(
            KeyId=key["KeyId"], Plaintext=b"a message", EncryptionContext=context
        )["CiphertextBlob"]
        path, metadata = self.proxy.calls[-1]
        self.assertEqual(path, "/keys/key-1/encrypt")
        self.assertEqual(metadata["kmsKeyArn"], key["Arn"])
        self.assertEqual(metadata["kmsOperation"], "Encrypt")
        opened = self.kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)
        self.assertEqual((opened["Plaintext"], opened["KeyId"]), (b"a message", key["Arn"]))
        self.assertEqual(self.proxy.calls[-1][0], "/keys/key-1/decrypt")

        data = self.kms.generate_data_key(KeyId=key["KeyId"], KeySpec="AES_256")
        opened = self.kms.decrypt(CiphertextBlob=data["CiphertextBlob"])
        self.assertEqual(opened["Plaintext"], data["Plaintext"])

        other = self.kms.create_key()["KeyMetadata"]["KeyId"]
        moved = self.kms.re_encrypt(
            CiphertextBlob=sealed, SourceEncryptionContext=context, DestinationKeyId=other
        )["CiphertextBlob"]
        calls = len(self.proxy.calls)
        self.assertEqual(self.kms.decrypt(CiphertextBlob=moved)["Plaintext"], b"a message")
        self.assertEqual(len(self.proxy.calls), calls)

        # A different external key with the same ID does not decrypt it.
        self.proxy.add_key("key-1")
        with self.assertRaises(ClientError):
            self.kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)

    def test_changed_ciphertext(self):
        key = self.create_key(self.connected_store())
        sealed = self.kms.encrypt(KeyId=key["KeyId"], Plaintext=b"m")["CiphertextBlob"]
        for at in range(0, len(sealed), 7):
            changed = bytearray(sealed)
            changed[at] ^= 1
            with self.assertRaises(ClientError, msg=f"byte {at}"):
                self.kms.decrypt(CiphertextBlob=bytes(changed))

    def test_unusable_keys(self):
        store = self.connected_store()
        self.create_key(store)
        new = {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": store}
        self.refused("XksKeyAlreadyInUseException", "create_key", XksKeyId="key-1", **new)
        self.refused("XksKeyNotFoundException", "create_key", XksKeyId="key-2", **new)
        self.proxy.add_key("key-3")
        self.proxy.disabled.add("key-3")
        self.refused("XksKeyInvalidConfigurationException", "create_key", XksKeyId="key-3", **new)

    def test_failing_proxy(self):
        store = self.connected_store()
        key = self.create_key(store)["KeyId"]
        sealed = self.kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
        self.proxy.disabled.add("key-1")
        text = self.refused("KMSInvalidStateException", "decrypt", CiphertextBlob=sealed)
        self.assertIn("external key", text)
        self.proxy.disabled.clear()
        for answer in [b"", b"nonsense", b"{}", b"x" * 1_000_000]:
            self.proxy.answer = lambda *_, answer=answer: answer
            self.refused("KMSInvalidStateException", "decrypt", CiphertextBlob=sealed)

        def wrong_integrity(path, body):
            answer = self.proxy.default_answer(path, body)
            answer["ciphertextDataIntegrityValue"] = "AAAA"
            return answer

        self.proxy.answer = wrong_integrity
        self.refused("KMSInvalidStateException", "encrypt", KeyId=key, Plaintext=b"a")
        self.proxy.answer = self.proxy.default_answer
        self.assertEqual(self.kms.decrypt(CiphertextBlob=sealed)["Plaintext"], b"a")
        self.proxy.stop()
        self.refused("KMSInvalidStateException", "decrypt", CiphertextBlob=sealed)

    def test_store_needs_a_reachable_proxy(self):
        wrong = {
            "AccessKeyId": self.proxy.access_key_id,
            "RawSecretAccessKey": self.proxy.secret[::-1].replace("=", "A"),
        }
        with self.assertRaises(
            self.kms.exceptions.XksProxyIncorrectAuthenticationCredentialException
        ):
            self.create_store(XksProxyAuthenticationCredential=wrong)
        self.proxy.stop()
        with self.assertRaises(self.kms.exceptions.XksProxyUriUnreachableException):
            self.create_store()
        self.assertEqual(self.kms.describe_custom_key_stores()["CustomKeyStores"], [])


class OverTls(ExternalKeyStore):
    """The same tests over TLS, and a proxy with an untrusted certificate."""

    def setUp(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.start(Proxy(certificate(folder)), f"--xks-ca={folder / 'certificate.pem'}")

    def test_store_needs_a_trusted_proxy(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.end()
        own = folder / "own"
        own.mkdir()
        certificate(folder)
        self.start(Proxy(certificate(own)), f"--xks-ca={folder / 'certificate.pem'}")
        with self.assertRaises(ClientError) as raised:
            self.create_store()
        code = raised.exception.response["Error"]["Code"]
        self.assertTrue(code.startswith("XksProxy"), code)
        self.assertEqual(self.proxy.calls, [])


def certificate(folder):
    """A self-signed certificate for 127.0.0.1 in a folder, and a TLS context for a server with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a proxy")])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - day, now + day
    )
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    signed = builder.sign(key, hashes.SHA256())
    (folder / "certificate.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return tls


if __name__ == "__main__":
    unittest.main()
