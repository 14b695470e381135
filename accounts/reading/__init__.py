"""The readers: files, folders and requests to tables, every value checked against the schema.

>>> read_document(b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}').accounts.height
1
"""

from accounts.reading.bounds import Bounds
from accounts.reading.chunks import Chunk
from accounts.reading.documents import read_document, read_documents, read_each
from accounts.reading.path_reader import read

__all__ = ["Bounds", "Chunk", "read", "read_document", "read_documents", "read_each"]
