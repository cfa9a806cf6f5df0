"""`./deploy.sh cloud|destroy|user|erase|dead-letters`, and the parts of `docs`."""

import os
import signal

signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # before anything that takes time to load

import sys  # noqa: E402


def main() -> int:
    from shared.command.options import parse

    options = parse(sys.argv[1:])
    from shared.command.commands import COMMANDS
    from shared.embedded.local.options import clean
    from shared.embedded.local.stop import Stop

    try:
        return COMMANDS[options.command](options)
    except Stop as stop:
        print(f"./deploy.sh {options.command}: {clean(stop.line)}", file=sys.stderr)
        return stop.status


if __name__ == "__main__":
    sys.exit(main())
