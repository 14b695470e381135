"""Labels that people gave their own accounts: read, checked, resolved, and joined to the accounts."""
