"""Public sets of accounts, read from a folder that a user fills; none comes with Assay. See docs/data.md."""
