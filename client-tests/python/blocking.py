"""A client of aioboto3 with the interface of boto3, so that one test covers both."""

import asyncio
import contextlib
from types import SimpleNamespace

import aioboto3


class Client:
    """Each call runs the event loop until the response."""

    def __init__(self, **options):
        self.runner, self.stack = asyncio.Runner(), contextlib.AsyncExitStack()
        client = aioboto3.Session().client("kms", **options)
        self.client = self.runner.run(self.stack.enter_async_context(client))

    def __getattr__(self, name):
        found = getattr(self.client, name)
        if not callable(found):
            return found

        def call(*arguments, **members):
            answer = found(*arguments, **members)
            return self.runner.run(answer) if asyncio.iscoroutine(answer) else answer

        return call

    def get_paginator(self, operation):
        paginator = self.client.get_paginator(operation)

        async def collect(members):
            return [page async for page in paginator.paginate(**members)]

        return SimpleNamespace(paginate=lambda **members: self.runner.run(collect(members)))

    def close(self):
        self.runner.run(self.stack.aclose())
        self.runner.close()
