"""Every operation of boto3, with boto3's parameter validation and paginators. The last test compares the called operations
with AWS's model. test_aioboto3.py runs these tests with aioboto3."""

import datetime
import functools
import os
import unittest

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

ROOT = "arn:aws:iam::000000000000:root"
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def trust_anchor():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a cluster")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now)
    certificate = builder.sign(key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


class Lifecycle(unittest.TestCase):
    connect = functools.partial(boto3.client, "kms")

    @classmethod
    def setUpClass(cls):
        cls.called, cls.paged = set(), set()
        cls.kms = cls.client("us-east-1")
        cls.west = cls.client("us-west-2")

    @classmethod
    def client(cls, region):
        client = cls.connect(region_name=region)
        client.meta.events.register(
            "before-call.kms", lambda model, **_: cls.called.add(model.name)
        )
        return client

    def create(self, **members):
        return self.kms.create_key(**members)["KeyMetadata"]["KeyId"]

    def pages(self, operation, result, client=None, **members):
        self.paged.add(operation)
        pages = (client or self.kms).get_paginator(operation).paginate(
            **members, PaginationConfig={"PageSize": 1}
        )
        return [item for page in pages for item in page[result]]

    def test_1_keys_and_aliases(self):
        kms, key = self.kms, self.create(Description="first", Tags=[{"TagKey": "a", "TagValue": "b"}])
        for alias in ["alias/one", "alias/two", "alias/three"]:
            kms.create_alias(AliasName=alias, TargetKeyId=key)
        kms.update_alias(AliasName="alias/two", TargetKeyId=self.create())
        kms.delete_alias(AliasName="alias/three")
        names = [alias["AliasName"] for alias in self.pages("list_aliases", "Aliases")]
        # AWS services have aliases in each account.
        own = [name for name in names if not name.startswith("alias/aws/")]
        self.assertEqual(own, ["alias/one", "alias/two"])
        names = [alias["AliasName"] for alias in self.pages("list_aliases", "Aliases", KeyId=key)]
        self.assertEqual(names, ["alias/one"])
        keys = [entry["KeyId"] for entry in self.pages("list_keys", "Keys")]
        self.assertIn(key, keys)

        kms.tag_resource(KeyId=key, Tags=[{"TagKey": "c", "TagValue": "d"}])
        tags = self.pages("list_resource_tags", "Tags", KeyId=key)
        self.assertEqual([tag["TagKey"] for tag in tags], ["a", "c"])
        kms.untag_resource(KeyId=key, TagKeys=["a"])
        kms.update_key_description(KeyId=key, Description="second")
        described = kms.describe_key(KeyId="alias/one")["KeyMetadata"]
        self.assertEqual((described["KeyId"], described["Description"]), (key, "second"))

        policy = kms.get_key_policy(KeyId=key)["Policy"]
        kms.put_key_policy(KeyId=key, Policy=policy.replace("key-default-1", "another"))
        self.assertIn("another", kms.get_key_policy(KeyId=key)["Policy"])
        self.assertEqual(self.pages("list_key_policies", "PolicyNames", KeyId=key), ["default"])

        kms.disable_key(KeyId=key)
        with self.assertRaises(kms.exceptions.DisabledException):
            kms.encrypt(KeyId=key, Plaintext=b"a")
        kms.enable_key(KeyId=key)
        kms.encrypt(KeyId=key, Plaintext=b"a")
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        with self.assertRaises(kms.exceptions.KMSInvalidStateException):
            kms.enable_key(KeyId=key)
        kms.cancel_key_deletion(KeyId=key)

    def test_1_last_usage(self):
        kms, key = self.kms, self.create()
        kms.disable_key(KeyId=key)
        with self.assertRaises(kms.exceptions.DisabledException):
            kms.encrypt(KeyId=key, Plaintext=b"a")
        kms.enable_key(KeyId=key)
        self.assertEqual(kms.get_key_last_usage(KeyId=key)["KeyLastUsage"], {})
        kms.encrypt(KeyId=key, Plaintext=b"a")
        used = kms.get_key_last_usage(KeyId=key)["KeyLastUsage"]
        self.assertEqual(used["Operation"], "Encrypt")

    def test_2_grants(self):
        kms, key = self.kms, self.create()
        grant = {"KeyId": key, "GranteePrincipal": ROOT, "Operations": ["Encrypt"]}
        grants = [kms.create_grant(RetiringPrincipal=ROOT, **grant) for _ in range(3)]
        ids = sorted(grant["GrantId"] for grant in grants)
        listed = self.pages("list_grants", "Grants", KeyId=key)
        self.assertEqual([grant["GrantId"] for grant in listed], ids)
        listed = self.pages("list_retirable_grants", "Grants", RetiringPrincipal=ROOT)
        self.assertEqual([grant["GrantId"] for grant in listed], ids)
        kms.retire_grant(GrantToken=grants[0]["GrantToken"])
        kms.revoke_grant(KeyId=key, GrantId=grants[1]["GrantId"])
        (left,) = self.pages("list_grants", "Grants", KeyId=key)
        self.assertEqual(left["GrantId"], grants[2]["GrantId"])
        with self.assertRaises(kms.exceptions.DryRunOperationException):
            kms.create_grant(DryRun=True, **grant)

    def test_3_rotation(self):
        kms, key = self.kms, self.create()
        sealed = kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
        self.assertEqual(kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"], 90)
        kms.disable_key_rotation(KeyId=key)
        for _ in range(2):
            kms.rotate_key_on_demand(KeyId=key)
        rotations = self.pages("list_key_rotations", "Rotations", KeyId=key)
        self.assertEqual([entry["RotationType"] for entry in rotations], ["ON_DEMAND"] * 2)
        self.assertEqual(kms.decrypt(CiphertextBlob=sealed)["Plaintext"], b"a")

    def test_4_import(self):
        kms, key = self.kms, self.create(Origin="EXTERNAL")
        parameters = kms.get_parameters_for_import(
            KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
        )
        wrapping_key = serialization.load_der_public_key(parameters["PublicKey"])
        kms.import_key_material(
            KeyId=key,
            ImportToken=parameters["ImportToken"],
            EncryptedKeyMaterial=wrapping_key.encrypt(os.urandom(32), OAEP),
            ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
        )
        self.assertEqual(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "Enabled")
        kms.delete_imported_key_material(KeyId=key)
        self.assertEqual(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "PendingImport")

    def test_5_replicas(self):
        kms, west, key = self.kms, self.west, self.create(MultiRegion=True)
        sealed = kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
        replica = kms.replicate_key(KeyId=key, ReplicaRegion="us-west-2")["ReplicaKeyMetadata"]
        self.assertEqual(replica["KeyState"], "Creating")
        self.assertEqual(west.decrypt(CiphertextBlob=sealed)["Plaintext"], b"a")
        with self.assertRaises(west.exceptions.UnsupportedOperationException):
            west.enable_key_rotation(KeyId=key)
        kms.update_primary_region(KeyId=key, PrimaryRegion="us-west-2")
        configuration = west.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
        self.assertEqual(configuration["MultiRegionKeyType"], "PRIMARY")
        west.rotate_key_on_demand(KeyId=key)
        again = kms.encrypt(KeyId=key, Plaintext=b"b")["CiphertextBlob"]
        self.assertEqual(west.decrypt(CiphertextBlob=again)["Plaintext"], b"b")

    def test_6_custom_key_stores(self):
        kms, stores = self.kms, []
        for number in range(2):
            created = kms.create_custom_key_store(
                CustomKeyStoreName=f"store {number}",
                CloudHsmClusterId="cluster-" + "abcdefghij" + "kl"[number],
                TrustAnchorCertificate=trust_anchor(),
                KeyStorePassword="a password",
            )
            stores.append(created["CustomKeyStoreId"])
        listed = self.pages("describe_custom_key_stores", "CustomKeyStores")
        self.assertEqual(
            sorted(store["CustomKeyStoreId"] for store in listed), sorted(stores)
        )
        store, empty = stores
        kms.update_custom_key_store(CustomKeyStoreId=store, NewCustomKeyStoreName="renamed")
        kms.connect_custom_key_store(CustomKeyStoreId=store)
        key = self.create(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)
        described = kms.describe_key(KeyId=key)["KeyMetadata"]
        self.assertEqual(described["CloudHsmClusterId"], "cluster-abcdefghijk")
        sealed = kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
        self.assertEqual(kms.decrypt(CiphertextBlob=sealed)["Plaintext"], b"a")
        kms.disconnect_custom_key_store(CustomKeyStoreId=store)
        with self.assertRaises(kms.exceptions.KMSInvalidStateException):
            kms.decrypt(CiphertextBlob=sealed)
        with self.assertRaises(kms.exceptions.CustomKeyStoreHasCMKsException):
            kms.delete_custom_key_store(CustomKeyStoreId=store)
        kms.delete_custom_key_store(CustomKeyStoreId=empty)

    def test_7_cryptography(self):
        kms, key = self.kms, self.create()
        kms.re_encrypt(
            CiphertextBlob=kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"],
            DestinationKeyId=self.create(),
        )
        kms.generate_data_key(KeyId=key, KeySpec="AES_256")
        kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=16)
        kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256")
        kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="ECC_NIST_P256")
        kms.generate_random(NumberOfBytes=8)
        sign = self.create(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        arguments = {"KeyId": sign, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
        self.assertTrue(kms.verify(Signature=kms.sign(**arguments)["Signature"], **arguments)["SignatureValid"])
        mac = self.create(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        arguments = {"KeyId": mac, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
        self.assertTrue(kms.verify_mac(Mac=kms.generate_mac(**arguments)["Mac"], **arguments)["MacValid"])
        agree = self.create(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")
        public = kms.get_public_key(KeyId=agree)["PublicKey"]
        kms.derive_shared_secret(KeyId=agree, KeyAgreementAlgorithm="ECDH", PublicKey=public)

    def test_7_key_encapsulation(self):
        kms, kem = self.kms, self.create(KeySpec="ML_KEM_768", KeyUsage="ENCAPSULATE_DECAPSULATE")
        sent = kms.encapsulate(KeyId=kem, EncapsulationAlgorithm="ML_KEM")
        got = kms.decapsulate(
            KeyId=kem,
            EncapsulationAlgorithm="ML_KEM",
            SharedSecretCiphertextBlob=sent["SharedSecretCiphertextBlob"],
        )
        self.assertEqual(got["SharedSecret"], sent["SharedSecret"])

    def test_8_every_operation_was_called(self):
        model = self.kms.meta.service_model
        self.assertEqual(set(model.operation_names) - self.called, set())
        self.assertEqual(len(model.operation_names), int(os.environ["OPERATION_COUNT"]))
        names = self.kms.meta.method_to_api_mapping
        self.assertEqual({name for name in names if self.kms.can_paginate(name)}, self.paged)
        # KMS has no waiters; new ones need a test.
        self.assertEqual(self.kms.waiter_names, [])


if __name__ == "__main__":
    unittest.main()
