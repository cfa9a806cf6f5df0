"""gcloud and terraform, as the operator has them."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.embedded.local.stop import Stop

ROOT = Path(__file__).parents[2]
TERRAFORM = ROOT / "terraform"
OLDEST_TERRAFORM = (1, 11)


def settings_of_files() -> list[str]:
    """Lines of terraform/*.auto.tfvars, which terraform reads by itself."""
    return [line for file in sorted(TERRAFORM.glob("*.auto.tfvars")) for line in file.read_text().splitlines()]


class Refused(Exception):
    """gcloud did not do it: the first line of what it said."""


def gcloud(*arguments: str) -> str:
    """What it prints; Refused where it fails."""
    done = subprocess.run(  # noqa: S603
        ["gcloud", *arguments, "--quiet"],  # noqa: S607
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in said if line.startswith("ERROR")]
        raise Refused((errors or said or [f"gcloud ended with status {done.returncode}"])[0])
    return done.stdout.strip()


def gcloud_json(*arguments: str) -> Any:
    return json.loads(gcloud(*arguments, "--format=json") or "null")


def present() -> None:
    """Both tools are there, and terraform is new enough; else Stop."""
    if shutil.which("gcloud") is None:
        raise Stop("gcloud is missing; install the Google Cloud CLI: https://cloud.google.com/sdk/docs/install", 2)
    if shutil.which("terraform") is None:
        raise Stop("terraform is missing; install 1.11 or newer: https://developer.hashicorp.com/terraform/install", 2)
    done = subprocess.run(
        ["terraform", "version", "-json"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        version = str(json.loads(done.stdout)["terraform_version"])
        old = tuple(map(int, version.split(".")[:2])) < OLDEST_TERRAFORM
    except (ValueError, KeyError, TypeError):
        raise Stop("terraform does not say which version it is; 1.11 or newer is needed", 2) from None
    if old:
        raise Stop(f"terraform is {version}; 1.11 or newer is needed (write-only arguments)", 2)


@dataclass
class Terraform:
    """terraform/ for one project, with a working folder of its own below terraform/build/."""

    project: str
    variables: list[str] = field(default_factory=list)  # arguments for plan and apply

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "TF_IN_AUTOMATION": "1", "TF_DATA_DIR": str(TERRAFORM / "build" / self.project)}

    def _run(self, *arguments: str, quiet: bool = False, out: bool = False) -> subprocess.CompletedProcess[str]:
        """An interrupt is terraform's own: it gets it from the terminal, and ends in its own time. Only a plan that was
        asked for goes to stdout."""
        command = ["terraform", f"-chdir={TERRAFORM}", *arguments]
        stdout = subprocess.PIPE if quiet else None if out else sys.stderr
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            return subprocess.run(  # noqa: S603
                command,
                env=self._environment,
                stdout=stdout,
                stderr=subprocess.PIPE if quiet else None,
                text=True,
                check=False,
            )
        finally:
            signal.signal(signal.SIGINT, before)

    def init(self, bucket: str | None) -> None:
        """State in the bucket, or for a plan of what is not deployed yet nowhere."""
        override = TERRAFORM / "backend_override.tf"
        if bucket is None:
            override.unlink(missing_ok=True)
            backend = []
        else:
            override.write_text('terraform {\n  backend "gcs" {}\n}\n')
            backend = [f"-backend-config=bucket={bucket}"]
        done = self._run("init", "-input=false", "-reconfigure", *backend, quiet=True)
        if done.returncode:
            raise Stop(f"terraform init failed:\n{done.stderr.strip()}")

    def knows(self, address: str) -> bool:
        return address in self._run("state", "list", quiet=True).stdout.split()

    def adopt(self, address: str, name: str) -> None:
        self._must("import", "-input=false", *self.variables, address, name)

    def plan(self, file: Path | None) -> bool:
        """Shows the plan; whether there is anything to do."""
        save = [f"-out={file}"] if file else []
        status = self._run(
            "plan", "-input=false", "-detailed-exitcode", *save, *self.variables, out=file is None
        ).returncode
        if status not in (0, 2):
            raise Stop("terraform plan failed; what it says stands above")
        return status == 2

    def apply(self, file: Path) -> None:
        self._must("apply", "-input=false", str(file))

    def unprotect(self) -> None:
        targets = ["google_firestore_database.database", "google_secret_manager_secret.webhook_master_key"]
        chosen = [f"-target={target}" for target in targets]
        self._must("apply", "-input=false", "-auto-approve", *self.variables, "-var=deletion_protection=false", *chosen)

    def destroy(self) -> None:
        self._must("destroy", "-input=false", "-auto-approve", *self.variables, "-var=deletion_protection=false")

    def outputs(self) -> dict[str, Any]:
        done = self._run("output", "-json", quiet=True)
        if done.returncode:
            raise Stop(f"terraform output failed:\n{done.stderr.strip()}")
        return {name: output["value"] for name, output in json.loads(done.stdout).items()}

    def _must(self, command: str, *arguments: str) -> None:
        if self._run(command, *arguments).returncode:
            raise Stop(f"terraform {command} failed; what it says stands above. Running this again goes on from there")
