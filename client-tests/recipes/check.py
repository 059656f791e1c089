"""The recipes in docker/ are valid by the schemas of their tools, match the image, and run.

Environment: KMS_EMULATOR_BINARY is the emulator; the AWS CLI is on the PATH.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

import kubernetes_validate
import yaml

DOCKER = Path(__file__).parents[2] / "docker"
RECIPES = DOCKER / "recipes"
EMULATOR = os.environ["KMS_EMULATOR_BINARY"]
DOCKERFILE = (DOCKER / "Dockerfile").read_text()

SCHEMAS = {
    "github.yaml": "vendor.github-workflows",
    "github-service.yaml": "vendor.github-workflows",
    "gitlab.yaml": "vendor.gitlab-ci",
    "gitlab-service.yaml": "vendor.gitlab-ci",
    "devcontainer/compose.yaml": "vendor.compose-spec",
    "../compose.yaml": "vendor.compose-spec",
}
# These have tests of their own. No package has the schema of dev containers.
OTHERS = {"README.md", "kubernetes.yaml", "kubernetes-replicas.yaml", "devcontainer/devcontainer.json"}


def read(name):
    return (RECIPES / name).read_text()


def load(name):
    return yaml.safe_load(read(name))


GITHUB = load("github.yaml")["jobs"]["test"]
GITHUB_SERVICE = load("github-service.yaml")["jobs"]["test"]
GITLAB = load("gitlab.yaml")["test"]
GITLAB_SERVICE = load("gitlab-service.yaml")["test"]
KUBERNETES = {document["kind"]: document for document in yaml.safe_load_all(read("kubernetes.yaml"))}
POD = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
CONTAINER = POD["containers"][0]
REPLICAS = {document["kind"]: document for document in yaml.safe_load_all(read("kubernetes-replicas.yaml"))}
REPLICA = REPLICAS["Deployment"]["spec"]["template"]["spec"]
COMPOSE = load("../compose.yaml")["services"]
WORKSPACE = load("devcontainer/compose.yaml")["services"]


def instruction(name):
    """The arguments of an instruction in the Dockerfile's last stage."""
    last = DOCKERFILE.replace("\\\n", " ").split("FROM scratch")[1]
    return re.search(rf"^{name} +(.*)$", last, re.MULTILINE)[1].split()


def variables(setting):
    """The environment variables of a service."""
    return dict(setting.get("environment") or setting.get("env") or setting.get("variables") or {})


class Schemas(unittest.TestCase):
    def test_all_files(self):
        files = {str(file.relative_to(RECIPES)) for file in RECIPES.rglob("*") if file.is_file()}
        self.assertEqual(files, {name for name in SCHEMAS if not name.startswith("..")} | OTHERS)

    def test_schemas(self):
        for name, schema in SCHEMAS.items():
            with self.subTest(name):
                check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, RECIPES / name]
                done = subprocess.run(check, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_kubernetes_replicas(self):
        self.assertEqual(set(REPLICAS), {"ConfigMap", "Deployment", "Service"})
        for kind, document in REPLICAS.items():
            with self.subTest(kind):
                kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)

    def test_kubernetes(self):
        self.assertEqual(set(KUBERNETES), {"ConfigMap", "PersistentVolumeClaim", "Deployment", "Service"})
        for kind, document in KUBERNETES.items():
            with self.subTest(kind):
                kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


class Consistency(unittest.TestCase):
    """Image, port, variables and paths match the Dockerfile."""

    services = [
        GITHUB_SERVICE["services"]["kms"],
        {**GITLAB_SERVICE["services"][0], "image": GITLAB_SERVICE["services"][0]["name"]},
        COMPOSE["kms"],
        WORKSPACE["kms"],
        CONTAINER,
    ]

    def test_image(self):
        title = re.search(r"The image `(.*?)`", DOCKERFILE)[1]
        for service in self.services:
            self.assertEqual(service["image"].split("/")[-1], title)

    def test_port(self):
        port = instruction("EXPOSE")[0]
        self.assertEqual(GITHUB_SERVICE["services"]["kms"]["ports"], [f"{port}:{port}"])
        for job in (GITHUB, GITHUB_SERVICE, GITLAB):
            self.assertEqual(variables(job)["AWS_ENDPOINT_URL_KMS"], f"http://127.0.0.1:{port}")
        self.assertEqual(variables(GITLAB_SERVICE["services"][0])["HEALTHCHECK_TCP_PORT"], port)
        self.assertTrue(COMPOSE["kms"]["ports"][0].endswith(f":{port}"))
        self.assertEqual(CONTAINER["ports"][0]["containerPort"], int(port))
        self.assertEqual(KUBERNETES["Service"]["spec"]["ports"][0]["port"], int(port))
        inside = f"http://{GITLAB_SERVICE['services'][0]['alias']}:{port}"
        for user in (GITLAB_SERVICE, COMPOSE["application"], WORKSPACE["workspace"]):
            self.assertEqual(variables(user)["AWS_ENDPOINT_URL_KMS"], inside)
        self.assertIn(f"AWS_ENDPOINT_URL_KMS=http://{KUBERNETES['Service']['metadata']['name']}:{port}", read("kubernetes.yaml"))

    def test_variables(self):
        usage = subprocess.run([EMULATOR, "--help"], capture_output=True, text=True, check=True).stdout
        known = set(re.findall(r"\[env: (\w+)", usage)) | {"HEALTHCHECK_TCP_PORT"}
        for service in self.services:
            self.assertLessEqual(set(variables(service)), known)

    def test_health(self):
        # The image has no shell, so only its own check works.
        self.assertEqual(instruction("HEALTHCHECK")[-2:], ['["/kms-emulator",', '"health"]'])
        self.assertNotIn("--health-cmd", GITHUB_SERVICE["services"]["kms"]["options"])
        for service in (COMPOSE["kms"], WORKSPACE["kms"]):
            self.assertNotIn("test", service.get("healthcheck", {}))
        for user in (COMPOSE["application"], WORKSPACE["workspace"]):
            self.assertEqual(user["depends_on"]["kms"]["condition"], "service_healthy")

    def test_paths(self):
        data = instruction("VOLUME")[0]
        seed = dict(pair.split("=") for pair in instruction("ENV"))["KMS_SEED_PATH"]
        self.assertEqual(COMPOSE["kms"]["volumes"], [f"keys:{data}", f"./seed.yaml:{seed}:ro"])
        self.assertEqual(WORKSPACE["kms"]["volumes"], [f"keys:{data}"])
        self.assertIn(f"../seed.yaml:{seed}:ro", read("devcontainer/compose.yaml"))
        mounts = {mount["name"]: mount["mountPath"] for mount in CONTAINER["volumeMounts"]}
        self.assertEqual(mounts, {"keys": data, "seed": str(Path(seed).parent)})
        self.assertIn(Path(seed).name, KUBERNETES["ConfigMap"]["data"])

    def test_dev_container(self):
        text = re.sub(r"^//.*\n", "", read("devcontainer/devcontainer.json"), flags=re.MULTILINE)
        settings = json.loads(text)
        self.assertEqual(settings["dockerComposeFile"], "compose.yaml")
        workspace = WORKSPACE[settings["service"]]
        self.assertEqual(workspace["volumes"], [f"..:{settings['workspaceFolder']}:cached"])
        ports = [f"kms:{instruction('EXPOSE')[0]}"]
        self.assertEqual(settings["forwardPorts"], ports)
        self.assertEqual(list(settings["portsAttributes"]), ports)

    def test_kubernetes(self):
        labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
        self.assertEqual(KUBERNETES["Deployment"]["spec"]["selector"]["matchLabels"], labels)
        self.assertEqual(KUBERNETES["Service"]["spec"]["selector"], labels)
        self.assertEqual(KUBERNETES["Service"]["spec"]["ports"][0]["targetPort"], CONTAINER["ports"][0]["name"])
        sources = {volume["name"]: volume for volume in POD["volumes"]}
        self.assertEqual(
            sources["keys"]["persistentVolumeClaim"]["claimName"],
            KUBERNETES["PersistentVolumeClaim"]["metadata"]["name"],
        )
        self.assertEqual(sources["seed"]["configMap"]["name"], KUBERNETES["ConfigMap"]["metadata"]["name"])
        # The volume belongs to the group of the process.
        self.assertEqual(instruction("USER"), [f"65532:{POD['securityContext']['fsGroup']}"])
        self.assertTrue(POD["securityContext"]["runAsNonRoot"])
        self.assertTrue(CONTAINER["securityContext"]["readOnlyRootFilesystem"])

    def test_kubernetes_replicas(self):
        """They differ from the single emulator only in what replicas need."""
        deployment, container = REPLICAS["Deployment"]["spec"], REPLICA["containers"][0]
        self.assertEqual(deployment["replicas"], 3)
        self.assertEqual(REPLICAS["Service"], KUBERNETES["Service"])
        self.assertEqual(container["env"], [{"name": "KMS_TEMPORARY", "value": "true"}])
        self.assertEqual(REPLICA["enableServiceLinks"], POD["enableServiceLinks"])
        for name in ("image", "ports", "securityContext", "readinessProbe", "livenessProbe"):
            self.assertEqual(container[name], CONTAINER[name])
        # No volume for keys, which two emulators cannot share.
        self.assertEqual(REPLICA["volumes"], [volume for volume in POD["volumes"] if volume["name"] == "seed"])

    def test_kubernetes_service_links(self):
        name = KUBERNETES["Service"]["metadata"]["name"].upper()
        self.assertFalse(POD["enableServiceLinks"])
        # The variable of a service link stops the emulator.
        environment = {**os.environ, f"{name}_PORT": "tcp://10.0.0.1:4599"}
        start = [EMULATOR, "--temporary"]
        done = subprocess.run(start, env=environment, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 2, done)


class Services(unittest.TestCase):
    """The steps of the recipes with a service: one by one, with the recipe's variables and a new emulator."""

    def setUp(self):
        serve = [EMULATOR, "--port", "0", "--temporary", "--log-level", "error"]
        self.emulator = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        # If the process cannot start, the line is empty and this fails.
        self.endpoint = re.search(r"http://\S+", self.emulator.stdout.readline())[0]

    def tearDown(self):
        self.emulator.terminate()
        self.assertEqual(self.emulator.wait(30), 0)
        self.emulator.stdout.close()

    def run_steps(self, steps, environment):
        environment = {**os.environ, **environment, "AWS_ENDPOINT_URL_KMS": self.endpoint}
        with tempfile.TemporaryDirectory() as checkout:
            shutil.copy(DOCKER / "seed.yaml", checkout)
            for step in steps:
                bash = ["bash", "-e", "-o", "pipefail", "-c", step]
                done = subprocess.run(bash, cwd=checkout, env=environment, capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, f"{step}\n{done.stdout}{done.stderr}")
        # The last step describes a key of the seed.
        self.assertEqual(json.loads(done.stdout)["KeyMetadata"]["KeyState"], "Enabled")

    def test_github(self):
        self.run_steps([step["run"] for step in GITHUB_SERVICE["steps"] if "run" in step], GITHUB_SERVICE["env"])

    def test_gitlab(self):
        self.run_steps(GITLAB_SERVICE["script"], GITLAB_SERVICE["variables"])

    def test_kubernetes_seed(self):
        for recipe in (KUBERNETES, REPLICAS):
            with self.subTest(recipe["Deployment"]["spec"]["replicas"]):
                self.check_seed(recipe["ConfigMap"]["data"]["seed.yaml"])

    def check_seed(self, seed):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(seed)
            file.flush()
            check = [EMULATOR, "seed", "check", file.name]
            done = subprocess.run(check, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("alias/orders", done.stdout)

    def test_kubernetes_probes(self):
        for probe in ("readinessProbe", "livenessProbe"):
            get = CONTAINER[probe]["httpGet"]
            self.assertEqual(get["port"], CONTAINER["ports"][0]["name"])
            # The kubelet sends the pod's address.
            request = urllib.request.Request(self.endpoint + get["path"], headers={"Host": "10.1.2.3:4599"})
            with urllib.request.urlopen(request, timeout=20) as answer:
                self.assertEqual(json.load(answer)["status"], "ok")


class Jobs(unittest.TestCase):
    """The recipes that start the emulator in the job, with an emulator that is already built."""

    def run_job(self, script, environment, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        with tempfile.TemporaryDirectory() as checkout:
            shutil.copy(DOCKER / "seed.yaml", checkout)
            programs = Path(checkout, folder, "bin")
            programs.mkdir(parents=True)
            programs.joinpath("kms-emulator").symlink_to(EMULATOR)
            environment = {
                **os.environ,
                **environment,
                "AWS_ENDPOINT_URL_KMS": f"http://127.0.0.1:{port}",
                "HOME": checkout,
                "KMS_PORT": port,
            }
            bash = ["bash", "-e", "-o", "pipefail", "-c", "\n".join(script)]
            job = subprocess.Popen(
                bash,
                cwd=checkout,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
            try:
                output, _ = job.communicate(timeout=120)
            finally:
                # The emulator is still running in the background.
                os.killpg(job.pid, signal.SIGTERM)
        self.assertEqual(job.returncode, 0, output)
        self.assertIn('"KeyState":"Enabled"', output.replace('": "', '":"'))

    def test_github(self):
        self.run_job([step["run"] for step in GITHUB["steps"] if "run" in step], GITHUB["env"], "simulated-kms")

    def test_gitlab(self):
        self.run_job(GITLAB["before_script"] + GITLAB["script"], GITLAB["variables"], ".simulated-kms")


if __name__ == "__main__":
    unittest.main()
