import resource

from serving.observe.open_files import raise_open_files


def test_the_soft_limit_is_raised_as_far_as_may_be():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = min(256, soft)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (low, hard))
        raised = raise_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (raised, hard)
        assert raised > low
        assert raise_open_files() == raised
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
