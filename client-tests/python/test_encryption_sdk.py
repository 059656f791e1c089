"""The AWS Encryption SDK: keyrings, and the older master key providers with their cache of data keys."""

import unittest

import aws_encryption_sdk
import botocore.session
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsKeyringInput,
    CreateMultiKeyringInput,
)
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError

from proofs import kms

PLAINTEXT = "a document, somewhat longer than a frame: Ünïcödé ".encode() * 100
CONTEXT = {"order": "number-42", "customer": "Ünïcödé"}

sdk = aws_encryption_sdk.EncryptionSDKClient()
providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())


def create_key():
    """Creates a key and returns its ARN. A master key provider takes the Region from it."""
    return kms.create_key()["KeyMetadata"]["Arn"]


def keyring(key, client=kms):
    return providers.create_aws_kms_keyring(
        input=CreateAwsKmsKeyringInput(kms_key_id=key, kms_client=client)
    )


def multi_keyring(generator, *children):
    return providers.create_multi_keyring(
        input=CreateMultiKeyringInput(
            generator=keyring(generator), child_keyrings=[keyring(child) for child in children]
        )
    )


class RecordingSession:
    """A session that records its clients' calls to KMS and their errors, which the SDK hides."""

    def __init__(self):
        self.calls, self.refusals = [], []
        self.session = botocore.session.Session()
        self.session.register("after-call.kms.*", self.note)

    def note(self, model, parsed, **_):
        self.calls.append(model.name)
        if "Error" in parsed:
            self.refusals.append(parsed["Error"]["Code"])

    def keyring(self, key):
        return keyring(key, self.session.create_client("kms"))

    def provider(self, *keys):
        return aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(
            key_ids=keys, botocore_session=self.session
        )


def of_another_context(message):
    """Changes the encryption context in the message's header. Only KMS detects it."""
    assert message.count(b"number-42") == 1
    return message.replace(b"number-42", b"number-43")


class Keyrings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.one, cls.other = create_key(), create_key()

    def encrypt(self, ring):
        message, _ = sdk.encrypt(source=PLAINTEXT, keyring=ring, encryption_context=CONTEXT)
        return message

    def decrypt(self, message, ring, **context):
        plaintext, header = sdk.decrypt(source=message, keyring=ring, **context)
        self.assertEqual(plaintext, PLAINTEXT)
        return header

    def test_document(self):
        header = self.decrypt(self.encrypt(keyring(self.one)), keyring(self.one))
        self.assertLessEqual(CONTEXT.items(), header.encryption_context.items())
        (data_key,) = header.encrypted_data_keys
        self.assertEqual(data_key.key_provider.key_info, self.one.encode())

    def test_wrong_context(self):
        watched = RecordingSession()
        message, ring = self.encrypt(keyring(self.one)), watched.keyring(self.one)
        self.decrypt(message, ring, encryption_context={"order": "number-42"})
        with self.assertRaisesRegex(AWSEncryptionSDKClientError, "context does not match"):
            self.decrypt(message, ring, encryption_context={"order": "number-43"})
        self.assertEqual(watched.refusals, [])
        with self.assertRaises(AWSEncryptionSDKClientError):
            self.decrypt(of_another_context(message), ring)
        self.assertEqual(watched.refusals, ["InvalidCiphertextException"])

    def test_wrong_key(self):
        with self.assertRaisesRegex(AWSEncryptionSDKClientError, "No Encrypted Data Keys found"):
            self.decrypt(self.encrypt(keyring(self.one)), keyring(self.other))

    def test_either_key_of_two(self):
        message = self.encrypt(multi_keyring(self.one, self.other))
        self.assertEqual(
            len(self.decrypt(message, keyring(self.one)).encrypted_data_keys), 2
        )
        self.decrypt(message, keyring(self.other))

    def test_one_key_of_two_disabled(self):
        one = create_key()
        both = multi_keyring(one, self.other)
        message = self.encrypt(both)
        kms.disable_key(KeyId=one)
        self.decrypt(message, both)
        watched = RecordingSession()
        with self.assertRaises(AWSEncryptionSDKClientError):
            self.decrypt(message, watched.keyring(one))
        self.assertEqual(watched.refusals, ["DisabledException"])


class MasterKeyProviders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.one, cls.other = create_key(), create_key()

    def test_document(self):
        watched = RecordingSession()
        message = self.encrypt(key_provider=watched.provider(self.one))
        self.assertEqual(watched.calls, ["GenerateDataKey"])
        self.assertEqual(self.decrypt(message, watched.provider(self.one)), PLAINTEXT)
        self.assertEqual(watched.calls, ["GenerateDataKey", "Decrypt"])

    def test_document_of_a_keyring(self):
        message, _ = sdk.encrypt(source=PLAINTEXT, keyring=keyring(self.one))
        self.assertEqual(self.decrypt(message, RecordingSession().provider(self.one)), PLAINTEXT)

    def test_wrong_context(self):
        watched = RecordingSession()
        message = self.encrypt(key_provider=watched.provider(self.one))
        with self.assertRaises(AWSEncryptionSDKClientError):
            self.decrypt(of_another_context(message), watched.provider(self.one))
        self.assertEqual(watched.refusals, ["InvalidCiphertextException"])

    def test_either_key_of_two(self):
        watched = RecordingSession()
        message = self.encrypt(key_provider=watched.provider(self.one, self.other))
        self.assertEqual(watched.calls, ["GenerateDataKey", "Encrypt"])
        for key in (self.one, self.other):
            self.assertEqual(self.decrypt(message, RecordingSession().provider(key)), PLAINTEXT)

    def test_data_key_cache(self):
        watched = RecordingSession()
        manager = aws_encryption_sdk.CachingCryptoMaterialsManager(
            master_key_provider=watched.provider(self.one),
            cache=aws_encryption_sdk.LocalCryptoMaterialsCache(10),
            max_age=600.0,
            max_messages_encrypted=2,
        )
        messages = [self.encrypt(materials_manager=manager) for _ in range(2)]
        self.assertEqual(watched.calls, ["GenerateDataKey"])
        # The data key is for two messages, so the third needs another.
        messages.append(self.encrypt(materials_manager=manager))
        self.assertEqual(watched.calls, ["GenerateDataKey"] * 2)
        provider = watched.provider(self.one)
        for message in messages:
            self.assertEqual(self.decrypt(message, provider), PLAINTEXT)

    def encrypt(self, **materials):
        message, _ = sdk.encrypt(source=PLAINTEXT, encryption_context=CONTEXT, **materials)
        return message

    def decrypt(self, message, provider):
        plaintext, _ = sdk.decrypt(source=message, key_provider=provider)
        return plaintext
