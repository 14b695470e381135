import pytest

from serving.http.problems import RequestProblem
from serving.http.rate_limit import RateLimit, TokenBucket
from serving.store.api_keys import Caller


def test_what_was_not_used_of_a_minute_may_come_at_once_and_no_more():
    moments = iter([0.0, *[0.0] * 3, 3_600.0, *[3_600.0] * 3])
    bucket = TokenBucket(2, lambda: next(moments))
    assert [bucket.take() for _ in range(7)] == [0.0, 0.0, 30.0, 0.0, 0.0, 30.0, 30.0]


def test_a_refusal_costs_nothing():
    now = [0.0]
    bucket = TokenBucket(1, lambda: now[0])
    assert bucket.take() == 0
    for second in (15.0, 30.0, 59.0):
        now[0] = second
        assert bucket.take() == pytest.approx(60 - second)
    now[0] = 60.1
    assert bucket.take() == 0


def test_each_key_has_a_bucket_of_its_own_and_may_have_a_limit_of_its_own():
    limit = RateLimit(default_per_minute=1)
    busy, other = (Caller("acme", f"key:{name}", frozenset()) for name in "ab")
    limit.take(busy)
    limit.take(other)
    with pytest.raises(RequestProblem, match="may ask 1 times a minute") as refused:
        limit.take(busy)
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "60")
    own = Caller("acme", "key:c", frozenset(), requests_per_minute=2)
    limit.take(own)
    limit.take(own)
