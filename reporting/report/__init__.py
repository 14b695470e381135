"""The report that is filed: HTML from templates, PDF/A-3 from that, and a detached signature."""
