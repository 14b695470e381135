"""The two regimes: the values of all simulation parameters, one set to train on and one to test on.

>>> from accounts.simulation.regimes import test, train
>>> train.TRAIN.name, train.TRAIN.tails, test.TEST.name, test.TEST.tails
('train', 'normal', 'test', 'logistic')
"""
