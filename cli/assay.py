"""The program ``assay``: Ctrl-C ends it without a traceback while the commands are still being loaded."""

import sys

__all__ = ["INTERRUPTED", "main"]

INTERRUPTED = 130
"""Exit code that a shell reports for SIGINT."""


def main() -> None:
    """Load the command line and run it."""
    try:
        from cli.app import run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
