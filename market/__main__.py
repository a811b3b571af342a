"""The program `market`, also as `python -m market`: the command, and one line for control-C while it is loaded."""

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Load the command and run it."""
    try:
        from market import cli
    except KeyboardInterrupt:
        sys.stderr.write("market: interrupted; nothing was written\n")
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
