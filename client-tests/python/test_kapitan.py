"""kapitan, which compiles configurations: their secrets are references to files that KMS encrypted."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import boto3

KAPITAN = Path(sys.executable).with_name("kapitan")
SECRET = "correct horse battery staple"


class Kapitan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kms = boto3.client("kms")
        cls.key = cls.kms.create_key()["KeyMetadata"]["Arn"]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "secret").write_text(SECRET)
        (self.folder / "manifest.yml").write_text("password: ?{awskms:database/password}\n")

    def refs(self, *arguments, **variables):
        settings = {"cwd": self.folder, "env": {**os.environ, "HOME": str(self.folder), **variables}}
        return subprocess.run([KAPITAN, "refs", *arguments], **settings, capture_output=True, text=True)

    def write(self, key):
        return self.refs("--write", "awskms:database/password", "--key", key, "--file", "secret")

    def reveal(self, **variables):
        return self.refs("--reveal", "--file", "manifest.yml", **variables)

    def refusal(self, done):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertNotIn(SECRET, done.stdout)
        # The last line of the traceback.
        return done.stderr.strip().rsplit("\n", 1)[-1]

    def test_reveal(self):
        self.assertEqual(self.write(self.key).returncode, 0)
        self.assertNotIn(SECRET, (self.folder / "refs/database/password").read_text())
        revealed = self.reveal()
        self.assertEqual(revealed.returncode, 0, revealed.stderr)
        self.assertIn(f"password: {SECRET}\n", revealed.stdout)

    def test_wrong_region(self):
        self.assertEqual(self.write(self.key).returncode, 0)
        refusal = self.refusal(self.reveal(AWS_REGION="eu-west-1", AWS_DEFAULT_REGION="eu-west-1"))
        self.assertTrue(
            refusal.endswith(
                "An error occurred (AccessDeniedException) when calling the Decrypt operation: The ciphertext refers to a"
                " customer master key that does not exist, does not exist in this region, or you are not allowed to access."
            ),
            refusal,
        )

    def test_unknown_key(self):
        refusal = self.refusal(self.write("alias/nothing"))
        self.assertIn("(NotFoundException) when calling the Encrypt operation: Alias arn:aws:kms:", refusal)
        self.assertFalse((self.folder / "refs/database/password").exists())


if __name__ == "__main__":
    unittest.main()
