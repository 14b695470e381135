"""The benchmark of quality: ``python -m benchmarks.quality.parts`` measures, stores and writes the pages.

- ``parts``: one module for each section of docs/quality.md: its tasks, settings and text;
- ``measurements``: what the tasks compute;
- ``populations``: the accounts that are measured on, simulated and real;
- ``handmade``: accounts made by hand, and the expert's judgement of them;
- ``harness``: which part is measured when, where its results are stored, with which model;
- ``page``: docs/quality.md and the model card, and how figures are written in Markdown.

Commands of their own: ``expert``, ``real_accounts``, ``gap``, ``widths``.
"""
