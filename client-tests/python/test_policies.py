"""Decisions of AWS through real calls: identities from a seed, sessions from STS, and boto3.

Each line of fixtures/authorization that can be made with real calls is made: a key with the policy of the line, its
grants by the accounts that made them, and the request by its caller. A refusal must have AWS's words where they are
recorded or quoted.
"""

import json
import os
import re
import unittest
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
FIXTURES = Path(__file__).parents[2] / "fixtures" / "authorization"
SECRET = "a-secret-access-key-of-this-test-only-000"
VIA_SERVICE = "X-Emulator-Via-Service"

# What a request on the emulator cannot say of itself.
NOT_REAL = {"source_arn", "attestation", "primary_key_policy", "grant_is_consistent", "target_key", "replica_key_policy"}
# Lines that are about something else than one real call, with the reason.
SKIPPED = {
    "kms-505": "AWS's own pages say nothing about KMS",
    "rec-023": "every account exists here",
    "rec-057": "a decision of SQS",
    "rec-060": "a decision of SQS",
}
# Condition keys that a real request has by itself.
KNOWN = {"aws:ViaAWSService", "aws:PrincipalIsAWSService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"}
ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
OPEN_POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
]}


class NotPossible(Exception):
    """The line cannot be made with real calls."""


def lines(name):
    # The lines show a shorter name than STS accepts.
    text = re.sub(r"federated-user/F\b", "federated-user/Fed", (FIXTURES / name).read_text())
    return [json.loads(line) for line in text.splitlines()]


def control(path, body):
    request = urllib.request.Request(
        f"{ENDPOINT}/_emulator/{path}", data=json.dumps(body).encode(), headers={"X-Emulator-Token": "local"}, method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def client(service, region, credentials):
    config = Config(retries={"max_attempts": 0}, parameter_validation=False)
    return boto3.client(service, region_name=region, endpoint_url=ENDPOINT, config=config, **credentials)


def credentials(answer):
    session = answer["Credentials"]
    return {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
        "aws_session_token": session["SessionToken"],
    }


def document(statements):
    if isinstance(statements, dict):
        return statements
    return {"Version": "2012-10-17", "Statement": statements}


def account_of(arn):
    return arn.split(":")[4]


def named(line):
    """The users and roles that a line names. They exist, if the line does not say who does."""
    text = json.dumps([line["key_policy"], line["grants"], line["request"]])
    arns = set(re.findall(r"arn:aws:iam::\d{12}:(?:user|role)/[\w/.@+=,-]+", text))
    sessions = re.findall(r"arn:aws:sts::(\d{12}):assumed-role/([\w.@+=,-]+)/", text)
    roles = {(arn.split(":")[4], arn.rsplit("/", 1)[1]) for arn in arns if ":role/" in arn}
    roles.add((account_of(line["caller"].get("role", "::::")), line["caller"].get("role", "").rsplit("/", 1)[-1]))
    arns |= {f"arn:aws:iam::{account}:role/{name}" for account, name in sessions if (account, name) not in roles}
    return [{"arn": arn} for arn in sorted(arns)]


class Identities:
    """Seeds identities, and gives their credentials."""

    def __init__(self):
        self.number = 0

    def seed(self, *identities):
        control("seed", {"identities": list(identities)})

    def key(self):
        """A new access key."""
        self.number += 1
        return f"AKIATEST{self.number:012d}"

    def root(self, account):
        return self.of({"arn": f"arn:aws:iam::{account}:root"})

    def of(self, identity):
        """The credentials of an identity."""
        key = self.key()
        self.seed({**identity, "access_keys": [{"id": key, "secret": SECRET}]})
        return {"aws_access_key_id": key, "aws_secret_access_key": SECRET}

    def caller(self, caller, region):
        """The credentials of the caller of a line."""
        if "service" in caller or "scp" in caller or "org_id" in caller:
            raise NotPossible("the caller is a service, or in an organization")
        arn = caller["arn"]
        account, resource = account_of(arn), arn.split(":", 5)[5]
        owner = {"policies": [], "tags": caller.get("tags", {})}
        if caller["policies"]:
            owner["policies"] = [{"name": "test", "document": document(caller["policies"])}]
        if "boundary" in caller:
            boundary = f"arn:aws:iam::{account}:policy/boundary"
            owner["permissions_boundary"] = {"arn": boundary, "document": document(caller["boundary"])}
        kind, _, name = resource.partition("/")
        if kind == "root":
            return self.root(account)
        if kind == "user":
            if "userid" in caller:
                owner["unique_id"] = caller["userid"]
            return self.of({"arn": arn, **owner})
        session = {}
        if "session_policy" in caller:
            session["Policy"] = json.dumps(document(caller["session_policy"]))
        if kind == "federated-user":
            user = caller.get("user", f"arn:aws:iam::{account}:user/federator")
            # The user needs no permission of the line to make the session.
            sts = client("sts", region, self.of({"arn": user, "policies": [{"name": "all", "document": ALLOW_ALL}]}))
            answer = sts.get_federation_token(Name=name, **session)
            self.seed({"arn": user, **owner})
            return credentials(answer)
        if kind != "assumed-role":
            raise NotPossible(f"a caller of kind {kind}")
        role_name, _, session_name = name.partition("/")
        role = caller.get("role", f"arn:aws:iam::{account}:role/{role_name}")
        if ":" in caller.get("userid", ""):
            owner["unique_id"] = caller["userid"].split(":")[0]
        helper = f"arn:aws:iam::{account}:user/assumes-roles"
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": helper}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}
        ]}
        self.seed({"arn": role, "trust_policy": trust, **owner})
        assumes = {"arn": helper, "policies": [{"name": "all", "document": ALLOW_ALL}]}
        if "session_policy_arns" in caller:
            arns = {name: f"arn:aws:iam::{account}:policy/{name}" for name in caller["session_policy_arns"]}
            session["PolicyArns"] = [{"arn": arn} for arn in arns.values()]
            # A managed policy exists if an identity has it.
            assumes["managed_policies"] = [
                {"arn": arn, "document": document(caller["managed"][name])} for name, arn in arns.items()
            ]
        if "source_identity" in caller:
            session["SourceIdentity"] = caller["source_identity"]
        sts = client("sts", region, self.of(assumes))
        return credentials(sts.assume_role(RoleArn=role, RoleSessionName=session_name, **session))


class Line:
    """One line: its key, its grants and its request."""

    def __init__(self, line, identities):
        if line["id"] in SKIPPED:
            raise NotPossible(SKIPPED[line["id"]])
        self.line, self.request, self.identities = line, line["request"], identities
        absent = NOT_REAL & {name for name, value in self.request.items() if value is not None}
        if absent:
            raise NotPossible(f"a request cannot say {sorted(absent)}")
        context = self.request.get("context", {})
        if set(context) - KNOWN:
            raise NotPossible("has other condition keys")
        self.key = self.request.get("key")
        arn = self.key["arn"] if self.key else self.request.get("alias", "")
        self.region = arn.split(":")[3] if arn else "us-east-1"
        self.account = account_of(arn) if arn else account_of(line["caller"]["arn"])
        self.owner = client("kms", self.region, identities.root(self.account))
        for known in line["principals"] if "principals" in line else named(line):
            identities.seed({"arn": known["arn"], **({"unique_id": known["id"]} if "id" in known else {})})
        self.tokens, self.arn, self.id = {}, None, None

    def text(self, value):
        """A part of the line, with the key that was created instead of its key."""
        text = json.dumps(value)
        if self.arn:
            text = text.replace(self.key["arn"], self.arn).replace(self.key["arn"].split("/")[1], self.id)
        return json.loads(text)

    def create(self):
        """Creates the key with its grants, then gives it its policy."""
        if not self.key:
            return
        key = self.key
        members = {
            "KeySpec": key.get("spec", "SYMMETRIC_DEFAULT"),
            "KeyUsage": key.get("usage", "ENCRYPT_DECRYPT"),
            "Origin": key.get("origin", "AWS_KMS"),
            "MultiRegion": key.get("multi_region", False),
            "Tags": [{"TagKey": name, "TagValue": value} for name, value in key.get("tags", {}).items()],
            "Policy": json.dumps(OPEN_POLICY),
        }
        if members["Origin"] not in ("AWS_KMS", "EXTERNAL") or key.get("mr_type") == "REPLICA":
            raise NotPossible("a key in a custom key store, or a replica")
        metadata = self.owner.create_key(**members)["KeyMetadata"]
        self.arn, self.id = metadata["Arn"], metadata["KeyId"]
        for alias in key.get("aliases", []):
            self.owner.create_alias(AliasName=alias, TargetKeyId=self.id)
        if self.request["operation"] in ("UpdateAlias", "DeleteAlias"):
            name = self.request["alias"].split(":", 5)[5]
            if name not in key.get("aliases", []):
                self.owner.create_alias(AliasName=name, TargetKeyId=self.id)
        for number, grant in enumerate(self.line["grants"]):
            self.create_grant(number, grant)
        self.prepare_ciphertext()
        if self.line["key_policy"] is None:
            raise NotPossible("has no key policy")
        policy = document(self.text(self.line["key_policy"]))
        try:
            self.owner.put_key_policy(KeyId=self.id, Policy=json.dumps(policy), BypassPolicyLockoutSafetyCheck=True)
        except ClientError as error:
            raise NotPossible(f"PutKeyPolicy refuses the policy: {error}") from error

    def create_grant(self, number, grant):
        if "key" in grant:
            raise NotPossible("a grant on another key")
        issuer = grant.get("issuer_account", self.account)
        maker = self.owner
        if issuer != self.account:
            administrator = {"arn": f"arn:aws:iam::{issuer}:user/makes-grants",
                             "policies": [{"name": "all", "document": ALLOW_ALL}]}
            maker = client("kms", self.region, self.identities.of(administrator))
        members = {"GranteePrincipal": grant["grantee"], "Operations": grant["operations"]}
        if grant["operations"] == ["CreateGrant"]:
            raise NotPossible("CreateGrant refuses a grant of CreateGrant alone")
        if "retiring" in grant:
            members["RetiringPrincipal"] = grant["retiring"]
        if grant.get("constraints"):
            members["Constraints"] = grant["constraints"]
        try:
            made = maker.create_grant(KeyId=self.arn, **members)
        except ClientError as error:
            raise NotPossible(f"CreateGrant refuses the grant: {error}") from error
        self.tokens[grant.get("id", f"unnamed {number}")] = made

    def prepare_ciphertext(self):
        """What the owner encrypts, signs or authenticates before the request."""
        self.ciphertext = b"no ciphertext"
        operation, usage = self.request["operation"], self.key.get("usage", "ENCRYPT_DECRYPT")
        if operation in ("Decrypt", "ReEncryptFrom") and usage == "ENCRYPT_DECRYPT" and self.key.get("origin") != "EXTERNAL":
            members = {}
            if self.request.get("encryption_context"):
                members["EncryptionContext"] = self.request["encryption_context"]
            default = "RSAES_OAEP_SHA_256" if self.key.get("spec", "").startswith("RSA") else None
            algorithm = self.request.get("parameters", {}).get("EncryptionAlgorithm", default)
            if algorithm:
                members["EncryptionAlgorithm"] = algorithm
            self.ciphertext = self.owner.encrypt(KeyId=self.id, Plaintext=b"text", **members)["CiphertextBlob"]

    def members(self):
        """The operation of the API and its members."""
        request, name = self.request, self.request["operation"]
        members = self.text(request.get("parameters", {}))
        for token in ("GrantId", "GrantToken"):
            if token in members:
                made = self.tokens.get(members[token])
                if made is None:
                    raise NotPossible("a grant that does not exist")
                members[token] = made[token]
        if name in ("ReEncryptFrom", "ReEncryptTo"):
            return self.re_encryption(name)
        key_id = self.text(request.get("key_id")) if "key_id" in request else self.arn
        needed = {
            "CancelKeyDeletion": {}, "CreateKey": None, "ListAliases": None, "ListKeys": None,
            "ListRetirableGrants": None, "CreateAlias": None, "UpdateAlias": None, "DeleteAlias": None,
            "Sign": {"Message": b"text", "SigningAlgorithm": self.algorithm("Signing")},
            "Verify": {"Message": b"text", "Signature": b"none", "SigningAlgorithm": self.algorithm("Signing")},
            "GenerateMac": {"Message": b"text", "MacAlgorithm": self.algorithm("Mac")},
            "VerifyMac": {"Message": b"text", "Mac": b"none", "MacAlgorithm": self.algorithm("Mac")},
            "Encrypt": {"Plaintext": b"text"},
            "Decrypt": {"CiphertextBlob": self.ciphertext} if self.key else None,
            "GenerateDataKey": {"KeySpec": "AES_256"},
            "GenerateDataKeyWithoutPlaintext": {"KeySpec": "AES_256"},
            "GenerateDataKeyPair": {"KeyPairSpec": "ECC_NIST_P256"},
            "GenerateDataKeyPairWithoutPlaintext": {"KeyPairSpec": "ECC_NIST_P256"},
            "CreateGrant": {"GranteePrincipal": "arn:aws:iam::111122223333:role/grantee", "Operations": ["DescribeKey"]},
            "PutKeyPolicy": {"Policy": json.dumps(OPEN_POLICY)},
            "TagResource": {"Tags": [{"TagKey": "test", "TagValue": "test"}]},
            "UntagResource": {"TagKeys": ["test"]},
            "ImportKeyMaterial": {"ImportToken": b"none", "EncryptedKeyMaterial": b"none",
                                  "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"},
            "GetParametersForImport": {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"},
            "ReplicateKey": {"ReplicaRegion": "eu-west-1"},
            "UpdatePrimaryRegion": {"PrimaryRegion": "eu-west-1"},
            "RevokeGrant": {"GrantId": "0" * 64},
        }.get(name, {})
        if isinstance(members.get("Policy"), list):
            members["Policy"] = json.dumps(document(members["Policy"]))
        if needed is not None:
            if name == "RetireGrant":
                if "GrantToken" not in members:
                    made = next(iter(self.tokens.values()), None)
                    if made is None:
                        raise NotPossible("no grant to retire")
                    needed = {"KeyId": self.arn, "GrantId": members.pop("GrantId", made["GrantId"])}
            else:
                needed = {"KeyId": key_id, **needed}
            if "ValidTo" in members:
                needed.pop("ExpirationModel", None)
            members = {**needed, **members}
        if name in ("CreateAlias", "UpdateAlias", "DeleteAlias"):
            members["AliasName"] = request["alias"].split(":", 5)[5]
            if name != "DeleteAlias":
                members["TargetKeyId"] = self.id
        if request.get("encryption_context"):
            members["EncryptionContext"] = request["encryption_context"]
        if request.get("grant_tokens"):
            members["GrantTokens"] = [self.tokens[token]["GrantToken"] for token in request["grant_tokens"]]
        return name, members

    def re_encryption(self, name):
        other = self.owner.create_key(Policy=json.dumps(OPEN_POLICY))["KeyMetadata"]["Arn"]
        same = self.request.get("source_key") == self.request.get("destination_key")
        other = self.arn if same and "source_key" in self.request else other
        context = self.request.get("encryption_context") or {}
        source, destination = (self.arn, other) if name == "ReEncryptFrom" else (other, self.arn)
        blob = self.ciphertext
        if name == "ReEncryptTo":
            blob = self.owner.encrypt(KeyId=source, Plaintext=b"text")["CiphertextBlob"]
        members = {"CiphertextBlob": blob, "SourceKeyId": source, "DestinationKeyId": destination}
        if context:
            side = "Source" if name == "ReEncryptFrom" else "Destination"
            members[f"{side}EncryptionContext"] = context
        return "ReEncrypt", members

    def algorithm(self, kind):
        given = self.request.get("parameters", {}).get(f"{kind}Algorithm")
        spec = (self.key or {}).get("spec", "")
        if kind == "Mac":
            return given or "HMAC_SHA_" + (spec[5:] or "256")
        defaults = {"RSA": "RSASSA_PSS_SHA_256", "ECC": "ECDSA_SHA_256"}
        return given or defaults.get(spec[:3], "ECDSA_SHA_256")

    def answer(self):
        """`None`, or the error of the request."""
        caller = self.identities.caller(self.text(self.line["caller"]), self.region)
        self.create()
        if self.arn:
            # The policies of the caller can name the key.
            caller = self.identities.caller(self.text(self.line["caller"]), self.region)
        kms = client("kms", self.region, caller)
        service = self.request.get("via_service")
        if service:
            kms.meta.events.register(
                "before-sign.kms", lambda request, **_: request.headers.add_header(VIA_SERVICE, service)
            )
        name, members = self.members()
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
        try:
            getattr(kms, snake)(**members)
        except ClientError as error:
            return error.response["Error"]
        return None

    def problem(self):
        """What is wrong with the answer; `None` if nothing is."""
        error = self.answer()
        expected = self.line["decision"]
        denied = error is not None and error["Code"] == "AccessDeniedException"
        if expected == "allow":
            return f"expected to be allowed, found {error}" if denied else None
        if expected in ("explicit-deny", "implicit-deny", "deny", "deny-cross-account"):
            if not denied:
                return f"expected to be denied, found {error}"
        elif expected == "error":
            if error is None or error["Code"] != self.line.get("error", error["Code"]):
                return f"expected {self.line.get('error')}, found {error}"
        else:
            raise NotPossible(f"the decision is {expected}")
        message = self.line.get("message")
        if self.line["evidence"] in ("recorded", "quoted") and message:
            message = self.text(message)
            if error["Message"] != message:
                return f"expected the text\n    {message}\n  found\n    {error['Message']}"
        return None


def replay(name):
    """The numbers of lines that were made and were not, and the problems."""
    identities, made, skipped, problems = Identities(), [], [], []
    for line in lines(name):
        control("reset", {})
        try:
            problem = Line(line, identities).problem()
        except NotPossible as reason:
            skipped.append(f"{line['id']}: {reason}")
            continue
        made.append(line["id"])
        if problem:
            problems.append(f"{line['id']} ({line['about']}): {problem}")
    return made, skipped, problems


class Policies(unittest.TestCase):
    maxDiff = None

    def test_recorded_decisions(self):
        made, skipped, problems = replay("kms-recorded.jsonl")
        self.assertEqual(problems, [], "\n".join(problems))
        self.assertGreaterEqual(len(made), 33, "\n".join(skipped))

    def test_documented_decisions(self):
        made, skipped, problems = replay("kms.jsonl")
        self.assertEqual(problems, [], "\n".join(problems))
        self.assertGreaterEqual(len(made), 242, "\n".join(skipped))


if __name__ == "__main__":
    unittest.main()
