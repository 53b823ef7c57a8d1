"""Serve the demo site by hand: `python -m crawler.demo [--port N]`."""

import argparse
import sys
import threading

from crawler.demo import DEFAULT_PORT, DemoSite


def main() -> int:
    """Serve until interrupted; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port on 127.0.0.1 (default %(default)s)"
    )
    parser.add_argument("--latency", type=float, default=0.0, help="delay of each answer in seconds")
    options = parser.parse_args()
    try:
        with DemoSite(options.port, latency=options.latency) as demo:
            print(f"{demo.url}  ({len(demo.articles)} articles; stop with Ctrl-C)", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except (OSError, OverflowError) as error:
        print(f"cannot serve on port {options.port}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
