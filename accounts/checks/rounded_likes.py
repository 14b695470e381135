"""Likes so rounded that many posts have the same: "in hundreds" where posts earn a few hundred."""

from __future__ import annotations
