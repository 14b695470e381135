"""From a request's documents to verdicts: batching, the detector in use, and the record of what it said."""
