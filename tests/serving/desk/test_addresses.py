"""Where links for people outside lead: never to a host that whoever asked for the page made up."""

from types import SimpleNamespace

import pytest
from starlette.requests import Request

from accounts.errors import WrongUsage
from serving.desk.addresses import address_outside
from serving.desk.sign_in_limit import SignInLimit, TooManySignIns
from serving.settings import Settings


def request_to(host, tmp_path, **settings):
    state = SimpleNamespace(settings=Settings(home=tmp_path, **settings))
    return Request({
        "type": "http", "method": "POST", "scheme": "http", "path": "/lists", "query_string": b"a=b",
        "headers": [(b"host", host.encode())], "server": ("172.17.0.2", 3000),
        "app": SimpleNamespace(state=state),
    })  # fmt: skip


@pytest.mark.parametrize("host", ["assay.example", "127.0.0.1:3000", "172.17.0.2:3000", "[::1]:3000"])
def test_a_name_or_the_services_own_number_is_believed(host, tmp_path):
    assert address_outside(request_to(host, tmp_path), "/contests/x") == f"http://{host}/contests/x"


def test_another_number_is_not_and_the_setting_goes_before_all(tmp_path):
    with pytest.raises(WrongUsage, match="public_address"):
        address_outside(request_to("203.0.113.5", tmp_path), "/contests/x")
    request = request_to("203.0.113.5", tmp_path, public_address="https://assay.example")
    assert address_outside(request, "/contests/x") == "https://assay.example/contests/x"


@pytest.mark.parametrize("address", ["https://assay.example/desk", "assay.example", "javascript:alert(1)"])
def test_an_address_has_a_scheme_and_no_path(address, tmp_path):
    with pytest.raises(ValueError, match="public_address"):
        Settings(home=tmp_path, public_address=address)


def test_failures_from_elsewhere_lock_no_name_out():
    limit, name = SignInLimit(2, lambda: 0.0), "name default ana"
    for _ in range(9):
        limit.failed("address 203.0.113.5", f"address 203.0.113.5 {name}", name)
    with pytest.raises(TooManySignIns):
        limit.check("address 203.0.113.5")
    limit.check("address 198.51.100.7")
    limit.check(f"address 198.51.100.7 {name}")
    assert 0 < limit.slowdown(name) <= 4
