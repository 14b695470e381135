"""What a comment is: promotion, generic praise, or machine-spun text; and an account's shares of each."""
