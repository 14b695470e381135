"""Numbers to verdicts: the models, the guarantee, the one decision rule, and the reasons."""
