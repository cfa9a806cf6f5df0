"""`./deploy.sh cloud …` from a copy of the repository, between a stand-in gcloud and a stand-in terraform."""

import asyncio
import json
import os
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
    answers: dict[str, list[Any]] = field(default_factory=lambda: {"gcloud": [], "terraform": []})

    def says(self, tool: str, words: str, out: Any = "", *, err: str = "", status: int = 0, once: bool = False) -> None:
        """The newest answer to these words counts."""
        text = out if isinstance(out, str) else json.dumps(out)
        answer = {"out": text, "err": err, "status": status, "once": once}
        self.answers[tool].insert(0, [words.split(), answer])

    def refuses(self, words: str, err: str = "ERROR: (gcloud) no", tool: str = "gcloud") -> None:
        self.says(tool, words, err=err, status=1)

    def without(self, tool: str) -> None:
        (self.folder / "bin" / tool).unlink()

    def calls(self, *words: str) -> list[dict[str, Any]]:
        """What was asked of them with these words in it, since the last look at all."""
        file = self.folder / "bin" / "calls.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        found = [json.loads(line) for line in lines]
        return [call for call in found if all(word in [call["tool"], *call["arguments"]] for word in words)]

    def forget(self) -> None:
        (self.folder / "bin" / "calls.jsonl").unlink(missing_ok=True)

    async def __call__(self, *arguments: str, stdin: int = asyncio.subprocess.DEVNULL) -> Run:
        (self.folder / "bin" / "answers.json").write_text(json.dumps(self.answers))
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
        self.answers = json.loads((self.folder / "bin" / "answers.json").read_text())
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
    source = Path(__file__).with_name("standin.py").read_text()
    for tool in ("gcloud", "terraform"):
        file = tmp_path / "bin" / tool
        file.write_text(f"#!{sys.executable} -IS\n{source}")
        file.chmod(0o755)
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
