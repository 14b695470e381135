"""The service under load, beside a bare application."""
