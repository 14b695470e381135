"""The readers: files, folders and requests to tables, every value checked against the schema."""

from accounts.reading.bounds import Bounds
from accounts.reading.chunks import Chunk
from accounts.reading.documents import read_document, read_documents, read_each
from accounts.reading.path_reader import read

__all__ = ["Bounds", "Chunk", "read", "read_document", "read_documents", "read_each"]
