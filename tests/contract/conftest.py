from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.ports import Documents
from tests.contract.emulators import emulators
from tests.contract.platforms import Embedded, UnderTest

__all__ = ["emulators"]


@pytest.fixture(params=["embedded", pytest.param("google", marks=pytest.mark.emulator)])
async def under_test(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[UnderTest]:
    if request.param == "google":
        from tests.contract.google_platform import google  # Google's clients take a second to import

        async with google(request.getfixturevalue("emulators")) as platform:
            yield platform
        return
    embedded = Embedded(tmp_path / "data")
    yield embedded
    await embedded.close()


@pytest.fixture
async def documents(under_test: UnderTest) -> Documents:
    return under_test.documents
