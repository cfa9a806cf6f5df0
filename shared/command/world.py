"""Where a command works: on a laptop's data folder, or in a project with the operator's own credentials."""

import os
import sqlite3
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from google.auth.exceptions import GoogleAuthError

from shared.embedded.local.stop import Stop
from shared.ports import PlatformError
from shared.settings import SettingsError, read
from shared.wiring import Platform

LOGIN = "gcloud auth application-default login"


@asynccontextmanager
async def world(options: Namespace) -> AsyncIterator[Platform]:
    """The platform; what it can't do ends the command with one line."""
    if options.project:
        chosen = {"PLATFORM": "google", "PROJECT": options.project, "DATABASE": options.database}
        environment = {f"FIRMOGRAPH_{name}": value for name, value in chosen.items()} | dict(os.environ)
    else:
        if not (options.data / "firmograph.db").is_file():
            raise Stop(f"{options.data} keeps no state of a local one; name its folder with --data, or a --project", 2)
        chosen = {"PLATFORM": "embedded", "DATA": str(options.data.absolute())}
        environment = dict(os.environ) | {f"FIRMOGRAPH_{name}": value for name, value in chosen.items()}
    try:
        platform = Platform(read(environment))
    except SettingsError as error:
        raise Stop(str(error), 2) from None
    try:
        yield platform
    except GoogleAuthError as error:
        raise Stop(f"the credentials are missing or refused ({error}): {LOGIN}", 2) from None
    except (PlatformError, sqlite3.Error) as error:
        raise Stop(str(error)) from None
    finally:
        await platform.close()
