"""Deploying, walked through to its end: the tools are stand-ins, the API that is tested is a real one on loopback."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared import accounts
from tests.command.conftest import BUCKET, PROJECT, Google
from tests.product import Product, Server, company_site, environment, outside_sources, serve, urls

DEPLOYED = [
    {
        "name": BUCKET,
        "labels": {"firmograph-region": "europe-west1", "firmograph-size": "medium"},
        "versioning_enabled": True,
    }
]


def outputs(url: str) -> dict[str, dict[str, object]]:
    values = {
        "api_url": "https://api.test",
        "api_run_url": url,
        "dashboard": "https://d.test",
        "logs": "https://l.test",
        "queues": {"crawl": "https://q.test"},
    }
    return {name: {"value": value} for name, value in values.items()}


@asynccontextmanager
async def deployed(google: Google) -> AsyncIterator[tuple[Product, Server]]:
    """A product without an account, which the stand-ins tell to be what was deployed."""
    async with serve(company_site(Server())) as site, serve(outside_sources(Server())) as sources:
        product = Product(google.folder / "data", urls(sources), key="none")
        await product.start()
        google.environment = environment(product.data, **product.settings)
        google.says("terraform", "output", outputs(product.url))
        try:
            yield product, site
        finally:
            await product.stop()


async def test_a_project_is_deployed_tested_by_a_scrape_and_left_alone_by_the_next_run(google: Google) -> None:
    async with deployed(google) as (product, site):
        first = await google(
            "cloud", PROJECT, "--region", "europe-west1", "--size", "medium", "--yes", "--smoke", site.url
        )
        assert first.status == 0, first.err
        key = first.out.strip()
        assert accounts.KEY.fullmatch(key) and key not in first.err
        assert (
            "completed: Hollin Tools" in first.err and "https://d.test" in first.err and "https://q.test" in first.err
        )
        async with product.client(key) as client:
            account = (await client.get("/api/v1/account")).json()
        assert len(account["keys"]) == 1, "the test's own key is revoked"

        (made,) = google.calls("buckets", "create")
        assert {
            f"gs://{BUCKET}",
            f"--project={PROJECT}",
            "--location=europe-west1",
            "--public-access-prevention",
        } <= set(made["arguments"])
        assert "--versioning" in google.calls("buckets", "update")[0]["arguments"]
        (init,) = google.calls("terraform", "init")
        assert f"-backend-config=bucket={BUCKET}" in init["arguments"] and init["backend"]
        assert init["data_dir"].endswith(f"/terraform/build/{PROJECT}")
        (plan,) = google.calls("terraform", "plan")
        assert {"-var-file=examples/medium.tfvars", f"-var=project={PROJECT}", "-var=region=europe-west1"} <= set(
            plan["arguments"]
        )
        (applied,) = google.calls("terraform", "apply")
        assert f"-out={applied['arguments'][-1]}" in plan["arguments"], "what is applied is what was shown"

        google.forget()
        google.says("gcloud", "storage buckets list", DEPLOYED)
        google.says("terraform", "plan", "No changes.")
        again = await google("cloud", PROJECT)
        assert (again.status, again.out) == (0, ""), again.err
        assert "Nothing has changed" in again.err and "https://d.test" in again.err
        assert [c for words in (("apply",), ("create",), ("update",), ("import",)) for c in google.calls(*words)] == []
        assert {"-var-file=examples/medium.tfvars", "-var=region=europe-west1"} <= set(
            google.calls("terraform", "plan")[0]["arguments"]
        )
        async with product.platform() as platform:
            assert len(await accounts.accounts(platform)) == 1


async def test_a_test_that_reads_nothing_fails_with_the_reason(google: Google) -> None:
    async with deployed(google) as (_, site):
        site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /\n")
        run = await google("cloud", PROJECT, "--yes", "--smoke", site.url)
        assert run.status == 1
        assert accounts.KEY.fullmatch(run.out.strip()), "the key is shown all the same"
        assert "robots_disallowed" in run.err and "https://l.test" in run.err


async def test_a_plan_changes_nothing(google: Google) -> None:
    run = await google("cloud", PROJECT, "--plan")
    assert (run.status, run.err.count("Traceback")) == (0, 0), run.err
    assert "Plan: 150 to add" in run.out
    (init,) = google.calls("terraform", "init")
    assert not init["backend"] and not [a for a in init["arguments"] if "bucket" in a]
    changing = ("apply", "create", "update", "enable", "import", "rm")
    assert [word for word in changing if google.calls(word)] == []


async def test_a_plan_says_which_services_it_needs(google: Google) -> None:
    google.says("gcloud", "services list", "run.googleapis.com")
    await fails(
        google, 2, "gcloud services enable cloudresourcemanager.googleapis.com serviceusage.googleapis.com", "--plan"
    )


async def fails(google: Google, status: int, said: str, *arguments: str) -> None:
    run = await google("cloud", PROJECT, *arguments)
    assert (run.status, run.out) == (status, ""), run.err
    assert said in run.err.splitlines()[-1]
    assert google.calls("terraform", "apply") == []
    assert "Traceback" not in run.err


@pytest.mark.parametrize("tool", ["gcloud", "terraform"])
async def test_a_missing_tool_is_named(google: Google, tool: str) -> None:
    google.without(tool)
    await fails(google, 2, f"{tool} is missing")


@pytest.mark.parametrize(
    ("version", "said"), [({"terraform_version": "1.9.8"}, "terraform is 1.9.8; 1.11 or newer"), ("?", "does not say")]
)
async def test_an_old_terraform_is_refused(google: Google, version: object, said: str) -> None:
    google.says("terraform", "version", version)
    await fails(google, 2, said)


async def test_who_is_not_logged_in_is_told_how(google: Google) -> None:
    google.says("gcloud", "auth list", "")
    await fails(google, 2, "nobody is logged in: gcloud auth login")


async def test_missing_default_credentials_are_named(google: Google) -> None:
    google.refuses("auth application-default print-access-token")
    await fails(google, 2, "gcloud auth application-default login")


async def test_an_unknown_project_is_named(google: Google) -> None:
    google.refuses(f"projects describe {PROJECT}", "ERROR: (gcloud.projects.describe) PERMISSION_DENIED")
    await fails(google, 2, f"there is no project {PROJECT} that ada@example.com may see")


async def test_a_project_that_is_being_deleted_is_refused(google: Google) -> None:
    google.says("gcloud", "projects describe", {"lifecycleState": "DELETE_REQUESTED"})
    google.says("gcloud", "billing projects describe", {"billingEnabled": True})
    await fails(google, 2, "DELETE_REQUESTED")


async def test_a_project_without_billing_is_refused(google: Google) -> None:
    google.says("gcloud", "billing projects describe", {"billingEnabled": False})
    await fails(google, 2, f"gcloud billing projects link {PROJECT}")


async def test_billing_that_may_not_be_seen_is_said(google: Google) -> None:
    google.refuses("billing projects describe", "ERROR: (gcloud.billing) PERMISSION_DENIED: cannot")
    await fails(google, 2, "PERMISSION_DENIED")


async def test_missing_permissions_are_listed(google: Google) -> None:
    google.granted = ["pubsub.topics.create"]
    await fails(google, 2, f"ada@example.com lacks permissions on {PROJECT}: artifactregistry.repositories.create, ")


async def test_permissions_that_can_not_be_asked_for_are_said(google: Google) -> None:
    google.permissions_at = "http://127.0.0.1:9/"
    await fails(google, 2, "can't be asked for")


async def test_a_policy_against_everybody_is_found_before_anything_is_made(google: Google) -> None:
    google.says("gcloud", "resource-manager org-policies describe", {"listPolicy": {"allowedValues": ["C0xyz"]}})
    await fails(google, 2, "forbids a public API (allUsers)")
    assert google.calls("buckets", "create") == []
    asked = await google("cloud", PROJECT, "--plan", "--var", 'api_invokers=["domain:example.com"]')
    assert asked.status == 0, asked.err
    assert '-var=api_invokers=["domain:example.com"]' in google.calls("terraform", "plan")[0]["arguments"]


async def test_a_policy_is_no_matter_where_a_file_names_the_invokers(google: Google) -> None:
    google.says("gcloud", "resource-manager org-policies describe", {"listPolicy": {"allValues": "DENY"}})
    (google.folder / "copy/terraform/own.auto.tfvars").write_text('api_invokers = ["group:a@example.com"]\n')
    assert (await google("cloud", PROJECT, "--plan")).status == 0


async def test_a_wrong_region_is_refused_with_the_right_ones(google: Google) -> None:
    await fails(
        google, 2, "mars-west1 is no region of Cloud Run; there are europe-west1, us-central1", "--region", "mars-west1"
    )


async def test_a_deployment_does_not_move_to_another_region(google: Google) -> None:
    google.says("gcloud", "storage buckets list", DEPLOYED)
    await fails(google, 2, f"{PROJECT} is deployed in europe-west1", "--region", "us-central1")


async def test_a_bucket_that_somebody_else_has_is_not_used(google: Google) -> None:
    google.refuses("storage buckets create", "ERROR: (gcloud.storage.buckets.create) HTTPError 409: the name is taken")
    await fails(google, 1, "HTTPError 409", "--yes")
    assert google.calls("terraform", "init") == []


async def test_a_bucket_whose_making_was_broken_off_is_put_in_order(google: Google) -> None:
    google.says("gcloud", "storage buckets list", [{"name": BUCKET, "labels": None}])
    google.says("terraform", "plan", "No changes.")
    google.refuses("output", "no", tool="terraform")
    assert (await google("cloud", PROJECT, "--size", "large")).status == 1
    (update,) = google.calls("buckets", "update")
    assert "--versioning" in update["arguments"]
    assert "--update-labels=firmograph-region=us-central1,firmograph-size=large" in update["arguments"]


async def test_a_state_that_can_not_be_reached_is_said(google: Google) -> None:
    google.refuses("init", "Error: Failed to get existing workspaces", tool="terraform")
    await fails(google, 1, "Failed to get existing workspaces", "--yes")


async def test_a_database_in_datastore_mode_is_refused(google: Google) -> None:
    google.says("gcloud", "firestore databases describe", {"type": "DATASTORE_MODE", "locationId": "nam5"})
    await fails(google, 2, "--var database=firmograph")


async def test_a_database_that_is_there_is_taken_over_where_it_is(google: Google) -> None:
    google.says("gcloud", "firestore databases describe", {"type": "FIRESTORE_NATIVE", "locationId": "nam5"})
    google.refuses("plan", "no", tool="terraform")
    await fails(google, 1, "terraform plan failed", "--yes")
    (taken,) = google.calls("terraform", "import")
    assert taken["arguments"][-2:] == ["google_firestore_database.database", f"projects/{PROJECT}/databases/(default)"]
    assert "-var=database_location=nam5" in taken["arguments"]
    google.forget()
    google.says("terraform", "state list", "google_firestore_database.database")
    await google("cloud", PROJECT, "--yes")
    assert google.calls("terraform", "import") == []


async def test_another_database_is_asked_for_by_its_name(google: Google) -> None:
    await google("cloud", PROJECT, "--plan", "--var", "database=firmograph")
    (google.folder / "copy/terraform/own.auto.tfvars").write_text('database = "in-file"\n')
    await google("cloud", PROJECT, "--plan")
    asked = [call["arguments"][3] for call in google.calls("firestore", "databases", "describe")]
    assert asked == ["--database=firmograph", "--database=in-file"]


async def test_without_a_terminal_nothing_is_applied_unasked(google: Google) -> None:
    await fails(google, 2, "--yes")


@pytest.mark.parametrize("answer", [b"n\n", b"\n"])
async def test_who_says_no_changes_nothing(google: Google, answer: bytes) -> None:
    terminal, end = os.openpty()
    try:
        os.write(terminal, answer)
        run = await google("cloud", PROJECT, stdin=end)
    finally:
        os.close(end)
        os.close(terminal)
    assert run.status == 1 and "Apply these changes?" in run.err and "nothing was changed" in run.err
    assert google.calls("terraform", "apply") == []


async def test_terraform_that_fails_is_told_and_can_be_gone_on_with(google: Google) -> None:
    google.refuses("apply", "quota", tool="terraform")
    run = await google("cloud", PROJECT, "--yes")
    assert run.status == 1 and "terraform apply failed" in run.err and "quota" in run.err


async def test_everything_is_destroyed_once_the_project_is_named(google: Google) -> None:
    run = await google("destroy", PROJECT, "--yes")
    assert run.status == 2 and "nothing is deployed" in run.err
    google.says("gcloud", "storage buckets list", DEPLOYED)
    assert (await google("destroy", PROJECT)).status == 2, "there is nobody to ask"
    assert google.calls("terraform", "destroy") == []
    run = await google("destroy", PROJECT, "--yes")
    assert run.status == 0, run.err
    changing = [c["arguments"] for c in google.calls("terraform") if c["arguments"][1] in ("apply", "destroy")]
    assert [arguments[1] for arguments in changing] == ["apply", "destroy"]
    assert all("-var=deletion_protection=false" in arguments for arguments in changing)
    assert "-target=google_firestore_database.database" in changing[0]
    assert google.calls("storage", "rm", "--recursive", f"gs://{BUCKET}")
