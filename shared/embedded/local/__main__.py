"""`./deploy.sh local`: judges the command line before anything that takes time to load."""

import os
import signal

signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # while modules load; `run` has a handler of its own

import asyncio  # noqa: E402
import gc  # noqa: E402
import sys  # noqa: E402


def main() -> int:
    from shared.embedded.local.options import invalid, parse

    options = parse(sys.argv[1:])
    if bad := invalid(options.urls):
        print(*bad, sep="\n", file=sys.stderr)
        return 2
    gc.disable()  # while modules load
    from shared.embedded.local.command import run
    from shared.embedded.local.stop import Stop

    gc.freeze()
    gc.enable()
    try:
        return asyncio.run(run(options))
    except Stop as stop:
        print(f"./deploy.sh local: {stop.line}", file=sys.stderr)
        return stop.status


if __name__ == "__main__":
    sys.exit(main())
