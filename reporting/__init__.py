"""What a verdict says to a person: words, charts and the report that is filed."""
