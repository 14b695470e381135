"""The command line: options in ``commands``, what they do in ``work``, how it looks in ``display``."""
