"""The program ``assay``: Ctrl-C ends it without a traceback while the commands are still being loaded."""

import sys

from cli.exit_codes import INTERRUPTED

__all__ = ["main"]


def main() -> None:
    """Load the command line and run it."""
    try:
        from cli.app import run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
