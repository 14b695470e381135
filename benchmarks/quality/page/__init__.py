"""The pages that are written from stored results, and how figures are written in Markdown."""
