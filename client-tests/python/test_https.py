"""HTTPS: AWS_CA_BUNDLE names the trusted authority."""

import datetime
import functools
import tempfile
import unittest
import warnings

import boto3
from botocore.config import Config
from botocore.exceptions import SSLError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def another_authority():
    """The certificate of another authority, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "another authority")])
    now = datetime.datetime.now(datetime.timezone.utc)
    until = now + datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, until)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Https(unittest.TestCase):
    connect = functools.partial(boto3.client, "kms")

    def random_length(self, **options):
        """Requests nine random bytes and returns their number."""
        client = self.connect(**options)
        self.assertRegex(client.meta.endpoint_url, "^https://")
        return len(client.generate_random(NumberOfBytes=9)["Plaintext"])

    def test_authority_of_the_environment(self):
        self.assertEqual(self.random_length(), 9)

    def test_another_authority(self):
        with tempfile.NamedTemporaryFile() as bundle:
            bundle.write(another_authority())
            bundle.flush()
            # Without this, aioboto3 would retry.
            once = Config(retries={"total_max_attempts": 1})
            with self.assertRaisesRegex(SSLError, "CERTIFICATE_VERIFY_FAILED"):
                self.random_length(verify=bundle.name, config=once)

    def test_without_verification(self):
        with warnings.catch_warnings(action="ignore"):  # urllib3 warns of the insecure connection
            self.assertEqual(self.random_length(verify=False), 9)


if __name__ == "__main__":
    unittest.main()
