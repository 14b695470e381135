"""A client of the service: :class:`Client` waits, :class:`AsyncClient` is awaited, and both do the same.

It needs httpx alone: ``pip install 'assay[client]'``.
"""

from __future__ import annotations

from serving.client.clients import AsyncClient, Client
from serving.client.documents import Refusal, UnreadableAnswer, VerdictResult
from serving.client.retries import Retries

__all__ = ["AsyncClient", "Client", "Refusal", "Retries", "UnreadableAnswer", "VerdictResult"]
