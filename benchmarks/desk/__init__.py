"""The desk's pages under the clock."""
