"""The vetting desk: the pages on which analysts screen, review and decide."""
