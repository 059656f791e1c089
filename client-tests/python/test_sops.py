"""SOPS, the editor of encrypted files: KMS encrypts the key of a file."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from proofs import kms

SOPS = Path(sys.executable).with_name("sops")
SECRETS = {"database": {"user": "app", "password": "Ünïcödé"}, "port": 5432}


class Sops(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "secrets.json")
        self.file.write_text(json.dumps(SECRETS))
        self.one, self.other = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))

    def sops(self, *arguments):
        command = [SOPS, "--disable-version-check", *arguments, str(self.file)]
        # In this folder SOPS does not find the machine's configuration.
        settings = {"cwd": self.file.parent, "env": {**os.environ, "HOME": str(self.file.parent)}}
        return subprocess.run(command, **settings, capture_output=True, text=True)

    def change(self, *arguments):
        self.assertEqual(self.sops("--in-place", *arguments).stderr, "")

    def opened(self):
        return json.loads(self.sops("--decrypt").stdout)

    def refusal(self):
        done = self.sops("--decrypt")
        self.assertEqual((done.returncode, done.stdout), (128, ""))
        return done.stderr

    def test_file(self):
        self.change("--encrypt", "--kms", self.one)
        sealed = json.loads(self.file.read_text())
        self.assertNotIn("Ünïcödé", json.dumps(sealed, ensure_ascii=False))
        self.assertEqual([key["arn"] for key in sealed["sops"]["kms"]], [self.one])
        self.assertEqual(self.opened(), SECRETS)
        self.change("--set", '["port"] 5433')
        self.assertEqual(self.opened(), {**SECRETS, "port": 5433})

    def test_either_key_of_two(self):
        self.change("--encrypt", "--kms", self.one)
        self.change("--rotate", "--add-kms", self.other)
        kms.disable_key(KeyId=self.one)
        self.assertEqual(self.opened(), SECRETS)
        kms.disable_key(KeyId=self.other)
        self.assertIn("DisabledException", self.refusal())

    def test_wrong_context(self):
        self.change("--encrypt", "--kms", self.one, "--encryption-context", "stage:test")
        self.assertEqual(self.opened(), SECRETS)
        sealed = self.file.read_text()
        self.assertEqual(sealed.count('"stage": "test"'), 1)
        self.file.write_text(sealed.replace('"stage": "test"', '"stage": "production"'))
        self.assertIn("InvalidCiphertextException", self.refusal())


if __name__ == "__main__":
    unittest.main()
