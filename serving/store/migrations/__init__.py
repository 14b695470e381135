"""How the tables came to be, one file a step. A step that was released is never changed."""
