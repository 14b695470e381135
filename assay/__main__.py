"""``python -m assay``: the command line."""

from cli.assay import main

if __name__ == "__main__":
    main()
