"""The tests of test_https.py with aioboto3."""

import unittest

import blocking
import test_https


class Https(test_https.Https):
    def connect(self, **options):
        client = blocking.Client(**options)
        self.addCleanup(client.close)
        return client


if __name__ == "__main__":
    unittest.main()
