"""The accounts that are measured on: public sets, real and simulated ones."""
