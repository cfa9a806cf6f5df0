"""The documentation page in a real browser, on a real server."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from functions_framework.aio import create_asgi_app
from playwright.async_api import Browser, Page, async_playwright

from tests import patience
from tests.ports import free_port
from tests.product import ROOT

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.browser,
    pytest.mark.skipif(
        not Path(CHROMIUM).exists() and os.environ.get("CI") != "true",
        reason="Chromium is missing: apt-get install -y chromium",
    ),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def base() -> AsyncIterator[str]:
    app = create_asgi_app(target="api", source=str(ROOT / "functions" / "api" / "main.py"))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_level="error"))
    running = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """With a profile of its own."""
    page = await browser.new_page()
    page.set_default_timeout(patience.SECONDS * 1000)
    yield page
    await page.close()


async def test_the_page_shows_every_operation_and_asks_nobody_else(base: str, page: Page) -> None:
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{base}/")
    await page.wait_for_selector(".opblock")
    assert page.url == f"{base}/docs"
    assert await page.title() == "Firmograph API"
    paths = await page.locator(".opblock-summary-path").evaluate_all("nodes => nodes.map(n => n.dataset.path)")
    assert set(paths) == {
        "/api/v1/scrape/company",
        "/api/v1/scrape/status/{scrape_id}",
        "/api/v1/scrape/cancel/{scrape_id}",
        "/api/v1/companies/{domain}",
        "/api/v1/account",
        "/healthz",
    }
    await page.locator(".opblock", has_text="/api/v1/scrape/company").locator("button").first.click()
    await page.wait_for_selector(".opblock-body >> text=webhook_url")
    await page.locator("button.authorize").click()
    await page.wait_for_selector(".auth-container >> text=ApiKey")
    away = [url for url in asked if not url.startswith((f"{base}/", "data:", "blob:"))]
    assert len(asked) >= 4 and away == []
    assert errors == []


async def test_the_page_s_policy_keeps_a_script_from_elsewhere_out(base: str, page: Page) -> None:
    blocked = asyncio.get_running_loop().create_future()
    page.on("console", lambda m: blocked.done() or ("script-src" in m.text and blocked.set_result(m.text)))
    await page.goto(f"{base}/docs")
    await page.evaluate(
        "() => { const s = document.createElement('script'); s.src = 'http://127.0.0.2:9/x.js';"
        " document.body.append(s) }"
    )
    assert "Content Security Policy" in await asyncio.wait_for(blocked, patience.SECONDS)
