"""What HTTP asks of every request: authentication, rate limit, admission, bodies, idempotency, problems."""
