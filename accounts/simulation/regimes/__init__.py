"""The two regimes: every number that the simulator draws by, once to train on and once to test on."""
