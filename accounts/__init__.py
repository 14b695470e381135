"""What an account is: its schema, how it is read, and how labelled ones are simulated."""
