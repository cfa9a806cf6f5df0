"""`./deploy.sh cloud` and `destroy`: checks, plans, asks, applies; then the first account, and a real scrape."""

import asyncio
import re
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from shared.command import checks
from shared.command.tools import Terraform, settings_of_files
from shared.embedded.local.stop import Stop

DATABASE = "google_firestore_database.database"


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def deploy(options: Namespace) -> int:
    project, variables = options.project, options.variables
    account = checks.check_operator(project)
    checks.enable_first_apis(project, options.plan)
    bucket = checks.state_bucket(project)
    region, size = checks.settled(options, bucket)
    checks.check_region(project, region)
    checks.check_public(project, variables)
    say(f"{account} deploys to {project} in {region}, size {size}")
    database = database_of(variables)
    location = checks.existing_database(project, database)
    if bucket is None and not options.plan:
        checks.make_bucket(project, region, size)
    terraform = Terraform(project, arguments(project, region, size, variables, location))
    terraform.init(None if options.plan and bucket is None else checks.bucket_name(project))
    unknown = location is not None and not terraform.knows(DATABASE)
    if unknown and not options.plan:
        confirm(options, f"The project's database {database} is there already. Shall Firmograph manage it?", "y")
        terraform.adopt(DATABASE, f"projects/{project}/databases/{database}")
    elif unknown:
        say(f"The database {database} is there already: it is taken over, not made")
    with tempfile.TemporaryDirectory() as folder:
        file = None if options.plan else Path(folder) / "plan"
        changed = terraform.plan(file)
        if options.plan:
            return 0
        assert file is not None
        if changed:
            confirm(options, "Apply these changes?", "y")
            terraform.apply(file)
    wanted = {"firmograph-region": region, "firmograph-size": size}
    in_order = bucket and bucket.get("versioning_enabled") and wanted.items() <= checks.labels_of(bucket).items()
    if bucket is not None and not in_order:
        checks.label_bucket(project, region, size)
    options.database = database
    return asyncio.run(finish(options, terraform, changed))


def arguments(project: str, region: str, size: str, variables: list[str], location: str | None) -> list[str]:
    """Variables from the least to the most particular: the last one counts."""
    found = [f"-var-file=examples/{size}.tfvars", f"-var=project={project}", f"-var=region={region}"]
    if location is not None and not any(said.startswith("database_location=") for said in variables):
        found.append(f"-var=database_location={location}")
    return found + [f"-var={said}" for said in variables]


def database_of(variables: list[str]) -> str:
    for said in reversed([*settings_of_files(), *variables]):
        if named := re.fullmatch(r'\s*database\s*=\s*"?([^"\s]+)"?\s*', said):
            return named[1]
    return "(default)"


def confirm(options: Namespace, question: str, expected: str) -> None:
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise Stop("there is nobody to ask: --yes goes on without asking", 2)
    print(f"{question} [{expected}] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() != expected:
        raise Stop("nothing was changed")


async def finish(options: Namespace, terraform: Terraform, changed: bool) -> int:
    from shared import accounts  # what takes time to load, after all checks
    from shared.command.smoke import smoke
    from shared.command.world import world

    outputs = terraform.outputs()
    async with world(options) as platform:
        known = await accounts.accounts(platform)
        first = known[0] if known else await accounts.create_account(platform, "first", "enterprise")
        if not known:
            text, _ = await accounts.create_key(platform, first.id)
            say(f"The first account is {first.id}. Its key, which nothing can show again:")
            print(text, flush=True)
        if changed or not known:
            say(f"Reading {options.smoke} as a test …")
            say(await smoke(platform, first, outputs["api_run_url"], options.smoke, outputs["logs"]))
        else:
            say("Nothing has changed.")
    say(f"API        {outputs['api_url']}  (/docs shows every call)")
    say(f"dashboard  {outputs['dashboard']}")
    say(f"logs       {outputs['logs']}")
    for name, url in outputs["queues"].items():
        say(f"queue      {url}  ({name})")
    return 0


def destroy(options: Namespace) -> int:
    project = options.project
    checks.check_operator(project)
    bucket = checks.state_bucket(project)
    if bucket is None:
        raise Stop(f"nothing is deployed in {project}: there is no bucket {checks.bucket_name(project)}", 2)
    region, size = checks.settled(options, bucket)
    location = checks.existing_database(project, database_of(options.variables))
    terraform = Terraform(project, arguments(project, region, size, options.variables, location))
    terraform.init(checks.bucket_name(project))
    say(f"Everything of Firmograph in {project} goes: functions, queues, the database with its accounts and profiles.")
    confirm(options, "To go on, write the project's id:", project)
    terraform.unprotect()
    terraform.destroy()
    checks.remove_bucket(project)
    say("All is gone. The names of the Cloud Tasks queues stay taken for some days.")
    return 0
