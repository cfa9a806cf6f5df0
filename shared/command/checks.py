"""What must hold before anything is deployed. Each that does not ends the command with a line that says what to do."""

import json
import os
import urllib.error
import urllib.request
from argparse import Namespace
from typing import Any

from shared.command.tools import Refused, gcloud, gcloud_json, present, settings_of_files
from shared.embedded.local.stop import Stop

# Without these terraform can't tell what is there, and neither can the checks; it enables the others.
FIRST_APIS = ("cloudresourcemanager.googleapis.com", "run.googleapis.com", "serviceusage.googleapis.com")
PERMISSIONS = (
    "artifactregistry.repositories.create",
    "cloudfunctions.functions.create",
    "cloudscheduler.jobs.create",
    "cloudtasks.queues.create",
    "datastore.databases.create",
    "datastore.entities.create",
    "eventarc.triggers.create",
    "firebaserules.rulesets.create",
    "iam.serviceAccounts.create",
    "logging.logMetrics.create",
    "monitoring.alertPolicies.create",
    "pubsub.topics.create",
    "resourcemanager.projects.setIamPolicy",
    "run.services.setIamPolicy",
    "secretmanager.secrets.create",
    "serviceusage.services.enable",
    "storage.buckets.create",
)
MEMBERS = "constraints/iam.allowedPolicyMemberDomains"
PERMISSION_SECONDS = 30


def check_operator(project: str) -> str:
    """Tools, logins, project, billing and permissions; returns the operator's account."""
    present()
    account = _said(["auth", "list", "--filter=status:ACTIVE", "--format=value(account)"])
    if not account:
        raise Stop("nobody is logged in: gcloud auth login", 2)
    if not _said(["auth", "application-default", "print-access-token"]):
        raise Stop("there are no application-default credentials: gcloud auth application-default login", 2)
    try:
        state = gcloud_json("projects", "describe", project)["lifecycleState"]
    except Refused:
        raise Stop(f"there is no project {project} that {account} may see: gcloud projects list", 2) from None
    if state != "ACTIVE":
        raise Stop(f"project {project} is not active but {state}", 2)
    try:
        billing = gcloud_json("billing", "projects", "describe", project)
    except Refused as refusal:
        raise Stop(f"{account} can't see whether {project} has a billing account: {refusal}", 2) from None
    if not billing.get("billingEnabled"):
        advice = f"gcloud billing projects link {project} --billing-account=ACCOUNT"
        raise Stop(f"project {project} has no billing account: {advice}", 2)
    if lacking := missing_permissions(project):
        what = f"{account} lacks permissions on {project}: {', '.join(lacking)}; roles/owner has them"
        raise Stop(what, 2)
    return account


def _said(arguments: list[str]) -> str:
    try:
        return gcloud(*arguments)
    except Refused:
        return ""


def missing_permissions(project: str) -> list[str]:
    """gcloud has no command for it; its own override of the API's address is followed."""
    api = os.environ.get(
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER", "https://cloudresourcemanager.googleapis.com/"
    )
    request = urllib.request.Request(  # noqa: S310
        f"{api.rstrip('/')}/v1/projects/{project}:testIamPermissions",
        data=json.dumps({"permissions": PERMISSIONS}).encode(),
        headers={"Authorization": f"Bearer {gcloud('auth', 'print-access-token')}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PERMISSION_SECONDS) as answer:  # noqa: S310
            granted = json.load(answer).get("permissions", [])
    except (urllib.error.URLError, TimeoutError, ValueError) as error:
        raise Stop(f"the permissions on {project} can't be asked for: {error}", 2) from None
    return [name for name in PERMISSIONS if name not in granted]


def enable_first_apis(project: str, plan: bool) -> None:
    if not plan:
        _do("services", "enable", *FIRST_APIS, f"--project={project}")
        return
    try:
        listed = gcloud("services", "list", "--enabled", f"--project={project}", "--format=value(config.name)")
    except Refused as refusal:
        raise Stop(f"the enabled services of {project} can't be listed: {refusal}", 2) from None
    if lacking := [api for api in FIRST_APIS if api not in listed.split()]:
        command = f"gcloud services enable {' '.join(lacking)} --project={project}"
        raise Stop(f"a plan changes nothing, and needs this first: {command}", 2)


def check_region(project: str, region: str) -> None:
    try:
        regions = gcloud("run", "regions", "list", f"--project={project}", "--format=value(locationId)").split()
    except Refused as refusal:
        raise Stop(f"the regions can't be listed: {refusal}", 2) from None
    if region not in regions:
        raise Stop(f"{region} is no region of Cloud Run; there are {', '.join(sorted(regions))}", 2)


def check_public(project: str, variables: list[str]) -> None:
    """The API is public, unless `api_invokers` says who may call it."""
    if any(said.lstrip().startswith("api_invokers") for said in [*variables, *settings_of_files()]):
        return
    try:
        policy: dict[str, Any] = gcloud_json(
            "resource-manager", "org-policies", "describe", MEMBERS, f"--project={project}", "--effective"
        )
    except Refused:  # who may not see it learns of it when it is applied
        return
    rule = (policy or {}).get("listPolicy", {})
    if rule.get("allowedValues") or rule.get("allValues") == "DENY":
        advice = (
            "--var 'api_invokers=[\"domain:example.com\"]' names who may call it instead, or have the project excepted"
        )
        raise Stop(f"the organisation's policy {MEMBERS} forbids a public API (allUsers); {advice}", 2)


def existing_database(project: str, name: str) -> str | None:
    """The location of a database that is there already; Stop where it is of the other kind."""
    try:
        found = gcloud_json("firestore", "databases", "describe", f"--database={name}", f"--project={project}")
    except Refused:  # there is none, or its API is not enabled, which comes to the same
        return None
    if found["type"] != "FIRESTORE_NATIVE":
        advice = "--var database=firmograph makes one beside it"
        raise Stop(f"the database {name} of {project} is in Datastore mode, which has no triggers; {advice}", 2)
    return str(found["locationId"])


def _do(*arguments: str) -> None:
    try:
        gcloud(*arguments)
    except Refused as refusal:
        raise Stop(f"gcloud {' '.join(arguments[:2])}: {refusal}") from None


def state_bucket(project: str) -> dict[str, Any] | None:
    """The project's own: a bucket of that name in anybody else's project does not count."""
    name = bucket_name(project)
    try:
        found = gcloud_json("storage", "buckets", "list", f"--project={project}", f"--filter=name={name}")
    except Refused as refusal:
        raise Stop(f"the buckets of {project} can't be listed: {refusal}", 2) from None
    return found[0] if found else None


def bucket_name(project: str) -> str:
    return f"{project}-firmograph-state"


def make_bucket(project: str, region: str, size: str) -> None:
    where = f"gs://{bucket_name(project)}"
    _do(
        "storage", "buckets", "create", where, f"--project={project}", f"--location={region}",
        "--uniform-bucket-level-access", "--public-access-prevention",
    )  # fmt: skip
    label_bucket(project, region, size)


def label_bucket(project: str, region: str, size: str) -> None:
    """Versions, and what the next run goes by."""
    labels = f"--update-labels=firmograph-region={region},firmograph-size={size}"
    _do("storage", "buckets", "update", f"gs://{bucket_name(project)}", "--versioning", labels)


def remove_bucket(project: str) -> None:
    _do("storage", "rm", "--recursive", f"gs://{bucket_name(project)}")


def labels_of(bucket: dict[str, Any] | None) -> dict[str, str]:
    return (bucket or {}).get("labels") or {}


def settled(options: Namespace, bucket: dict[str, Any] | None) -> tuple[str, str]:
    """Region and size: as asked, else as before. A region can't be left for another."""
    labels = labels_of(bucket)
    before = labels.get("firmograph-region")
    region = getattr(options, "region", None) or before or "us-central1"
    if before and region != before:
        raise Stop(
            f"{options.project} is deployed in {before}; to move it, destroy it first: its data would be lost", 2
        )
    return region, getattr(options, "size", None) or labels.get("firmograph-size") or "small"
