"""Accounts to numbers: views, the catalogue of features, and the one path that derives them."""
