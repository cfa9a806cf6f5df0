"""`./deploy.sh cloud …` from a copy of the repository, between a stand-in gcloud and a stand-in terraform."""

import asyncio
import json
import os
import shlex
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.product import ROOT

PROJECT = "firm-project-1"
BUCKET = f"{PROJECT}-firmograph-state"
STAND_IN = Path(__file__).with_name("standin.sh").read_text()
APIS = "cloudresourcemanager.googleapis.com run.googleapis.com serviceusage.googleapis.com"


@dataclass
class Run:
    status: int
    out: str
    err: str


@dataclass
class Google:
    """What both tools answer: at first a project in order, in which nothing is deployed."""

    folder: Path
    permissions_at: str = ""
    granted: Any = None  # None: what is asked for
    environment: dict[str, str] = field(default_factory=dict)
    answers: dict[str, list[str]] = field(default_factory=lambda: {"gcloud": [], "terraform": []})

    def says(self, tool: str, words: str, out: Any = "", *, err: str = "", status: int = 0) -> None:
        """The newest answer to these words counts."""
        text = out if isinstance(out, str) else json.dumps(out)
        self.answers[tool].insert(0, shlex.join(["says", str(status), text, err, *words.split()]))

    def refuses(self, words: str, err: str = "ERROR: (gcloud) no", tool: str = "gcloud") -> None:
        self.says(tool, words, err=err, status=1)

    def without(self, tool: str) -> None:
        del self.answers[tool]

    def calls(self, *words: str) -> list[dict[str, Any]]:
        """What was asked of them with these words in it, since the last look at all."""
        file = self.folder / "bin" / "calls"
        found = []
        for line in file.read_text().splitlines() if file.exists() else []:
            tool, data_dir, backend, *arguments = line.split("\0")[:-1]
            if all(word in [tool, *arguments] for word in words):
                found.append({"data_dir": data_dir, "backend": bool(backend), "arguments": arguments})
        return found

    def forget(self) -> None:
        (self.folder / "bin" / "calls").unlink(missing_ok=True)

    def write_tools(self) -> None:
        for tool, answers in self.answers.items():
            file = self.folder / "bin" / tool
            file.write_text("\n".join([STAND_IN, *answers, ""]))
            file.chmod(0o755)

    async def __call__(self, *arguments: str, stdin: int = asyncio.subprocess.DEVNULL) -> Run:
        self.write_tools()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "shared.command", *arguments,
            cwd=self.folder,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith(("FIRMOGRAPH_", "GOOGLE_"))},
                "PATH": str(self.folder / "bin"),
                "PYTHONPATH": str(self.folder / "copy"),
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER": self.permissions_at,
                **self.environment,
            },
            stdin=stdin, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode is not None
        return Run(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def permissions_api(google: Google) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        assert request.match_info["call"] == f"{PROJECT}:testIamPermissions"
        assert request.headers["Authorization"] == "Bearer ya29.operator"
        asked = (await request.json())["permissions"]
        return web.json_response({"permissions": asked if google.granted is None else google.granted})

    app = web.Application()
    app.router.add_post("/v1/projects/{call}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.fixture
async def google(tmp_path: Path) -> AsyncIterator[Google]:
    async with stand_ins(tmp_path) as made:
        yield made


@asynccontextmanager
async def stand_ins(tmp_path: Path) -> AsyncIterator[Google]:
    skipped = shutil.ignore_patterns(
        "__pycache__", ".terraform*", "build", "*.tfvars.json", "backend_override.tf", "*.auto.tfvars"
    )
    shutil.copytree(ROOT / "terraform", tmp_path / "copy" / "terraform", ignore=skipped)
    for name in ("shared", "functions"):
        (tmp_path / "copy" / name).symlink_to(ROOT / name)
    (tmp_path / "bin").mkdir()
    made = Google(tmp_path)
    made.says("gcloud", "auth list", "ada@example.com")
    made.says("gcloud", "auth print-access-token", "ya29.operator")
    made.says("gcloud", "auth application-default print-access-token", "ya29.default")
    made.says("gcloud", f"projects describe {PROJECT}", {"projectId": PROJECT, "lifecycleState": "ACTIVE"})
    made.says("gcloud", f"billing projects describe {PROJECT}", {"billingEnabled": True})
    made.says("gcloud", "services list", APIS.replace(" ", "\n"))
    made.says("gcloud", "run regions list", "europe-west1\nus-central1")
    made.says("gcloud", "resource-manager org-policies describe", {"listPolicy": {"allValues": "ALLOW"}})
    made.refuses("firestore databases describe", "ERROR: (gcloud.firestore.databases.describe) NOT_FOUND")
    made.says("gcloud", "storage buckets list", [])
    made.says("terraform", "version", {"terraform_version": "1.11.4"})
    made.says("terraform", "plan", "Plan: 150 to add", status=2)
    made.refuses("state list", "No state file was found!", tool="terraform")
    async with permissions_api(made) as made.permissions_at:
        yield made
