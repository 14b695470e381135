"""Files as people have them, to account documents: one source a file, each declared once."""

from accounts.importing.importer import Imported, ImportedDocument, import_files, import_paths, recognise

__all__ = ["Imported", "ImportedDocument", "import_files", "import_paths", "recognise"]
