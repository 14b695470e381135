"""Webhooks: what happened is sent to addresses that a setting allows; nothing of what they answer is read."""
