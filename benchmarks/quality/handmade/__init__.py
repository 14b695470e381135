"""Accounts made by hand, and what an expert says of them."""
