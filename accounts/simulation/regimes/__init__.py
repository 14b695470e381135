"""The two regimes: the values of all simulation parameters, one set to train on and one to test on."""
