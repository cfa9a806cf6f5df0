"""`python -m shared.embedded.sample --port N` serves the sample company on 127.0.0.1 until interrupted, and prints the
settings that lead Firmograph to the registers beside it."""

import argparse
import sys

from aiohttp import web

from shared.embedded.sample.server import Endpoint, Received, application, settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.embedded.sample", description=__doc__)
    parser.add_argument("--port", type=int, default=8008)
    parser.add_argument("--webhook-secret", help="whsec_… of the account whose webhooks come to /webhooks")
    options = parser.parse_args()

    def show(received: Received) -> None:
        verdict = f"{received.event['type']}, signature ok" if received.event else "signature WRONG"
        print(f"webhook {received.id}: {verdict}", flush=True)

    app = application(Endpoint(show, options.webhook_secret) if options.webhook_secret else None)
    for name, value in settings(f"http://127.0.0.1:{options.port}").items():
        print(f"export {name}={value}", flush=True)
    try:
        web.run_app(app, host="127.0.0.1", port=options.port, print=None)
    except OSError as error:
        print(f"Port {options.port} of 127.0.0.1 can't be used: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
