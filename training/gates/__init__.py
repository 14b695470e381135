"""Gates that a challenger must pass before it may screen, each a small function."""
