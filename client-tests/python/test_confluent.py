"""Confluent's field encryption: a key of KMS encrypts the data keys, which encrypt tagged fields of Kafka's messages.

Producer and consumer have separate registries of data keys, in memory. The test copies the encrypted data key between them, so
that the consumer has to ask KMS."""

import json
import logging
import unittest

import boto3
from confluent_kafka.schema_registry import (
    Rule,
    RuleKind,
    RuleMode,
    RuleParams,
    RuleSet,
    Schema,
    SchemaRegistryClient,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.rule_registry import RuleRegistry
from confluent_kafka.schema_registry.rules.encryption.awskms.aws_driver import AwsKmsDriver
from confluent_kafka.schema_registry.rules.encryption.encrypt_executor import FieldEncryptionExecutor
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError

FIELDS = [{"name": "id", "type": "int"}, {"name": "card", "type": "string", "confluent:tags": ["PII"]}]
ORDER = {"id": 7, "card": "4111 1111 1111 1111"}
VALUE = SerializationContext("orders", MessageField.VALUE)
SUBJECT = "orders-value"
SETTINGS = {"auto.register.schemas": False, "use.latest.version": True}


class Side:
    """A producer or a consumer, with its own registry of data keys."""

    def __init__(self, schemas):
        self.executor = FieldEncryptionExecutor()
        rules = RuleRegistry()
        rules.register_executor(self.executor)
        self.serialize = AvroSerializer(schemas, conf=SETTINGS, rule_registry=rules)
        settings = {"use.latest.version": True}
        self.deserialize = AvroDeserializer(schemas, conf=settings, rule_registry=rules)

    @property
    def data_keys(self):
        return self.executor.executor.client


class FieldEncryption(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        AwsKmsDriver.register()
        cls.kms = boto3.client("kms")

    def setUp(self):
        self.key = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.schemas = SchemaRegistryClient.new_client({"url": "mock://"})
        self.register_schema()
        self.producer, self.consumer = Side(self.schemas), Side(self.schemas)

    def register_schema(self):
        parameters = {
            "encrypt.kek.name": "orders",
            "encrypt.kms.type": "aws-kms",
            "encrypt.kms.key.id": self.key,
        }
        rule = Rule(
            name="cards",
            doc=None,
            kind=RuleKind.TRANSFORM,
            mode=RuleMode.WRITEREAD,
            type="ENCRYPT",
            tags=["PII"],
            params=RuleParams(parameters),
            expr=None,
            on_success=None,
            on_failure="ERROR,ERROR",
            disabled=False,
        )
        order = json.dumps({"type": "record", "name": "Order", "fields": FIELDS})
        rules = RuleSet(migration_rules=None, domain_rules=[rule])
        self.schemas.register_schema(SUBJECT, Schema(order, "AVRO", [], None, rules))

    def send(self):
        """A message, with its encrypted data key in the consumer's registry."""
        # The serializer encrypts the fields in place.
        message = self.producer.serialize(dict(ORDER), VALUE)
        self.assertNotIn(b"4111", message)
        sealed = self.producer.data_keys.get_dek("orders", SUBJECT).encrypted_key_material
        self.consumer.data_keys.register_kek("orders", "aws-kms", self.key)
        self.consumer.data_keys.register_dek("orders", SUBJECT, sealed)
        return message

    def refusal(self, call, *arguments):
        """The error of KMS, the first cause of the library's own."""
        with self.assertLogs(level=logging.WARNING), self.assertRaises(SerializationError) as refused:
            call(*arguments, VALUE)
        cause = refused.exception
        while cause.__cause__:
            cause = cause.__cause__
        return str(cause)

    def test_order(self):
        self.assertEqual(self.consumer.deserialize(self.send(), VALUE), ORDER)

    def test_disabled_key(self):
        message = self.send()
        self.kms.disable_key(KeyId=self.key)
        refusal = self.refusal(self.consumer.deserialize, message)
        self.assertIn(f"(DisabledException) when calling the Decrypt operation: {self.key} is disabled.", refusal)
        # The producer still has its data key, and a new one has none.
        self.assertTrue(self.producer.serialize(dict(ORDER), VALUE))
        refusal = self.refusal(Side(self.schemas).serialize, dict(ORDER))
        self.assertIn(f"(DisabledException) when calling the Encrypt operation: {self.key} is disabled.", refusal)


if __name__ == "__main__":
    unittest.main()
