"""Addresses as they are shown: no secret in them, wherever it stands."""

import pytest

from accounts.addresses import shown_address, without_secrets

PASSWORDS = ["S3cret", "p%40ss%26w", "a/b?c", "x@y", "a:b"]
BEFORE_THE_HOST = [
    ("postgresql+psycopg://ow:{}@db:5432/assay", "db:5432/assay"),
    ("postgresql+psycopg://ow:{}@/assay?host=here", "/assay?host=here"),
    ("http://mlflow:{}@127.0.0.1:5000/at", "@127.0.0.1:5000/at"),
]
IN_A_PARAMETER = [
    ("postgresql+psycopg://ow@db/assay?password={}", "ow@db/assay"),
    ("postgresql+psycopg://ow@db/assay?host=here&passwrd={}&sslmode=require", "host=here"),
    ("postgresql+psycopg://ow@/assay?sslpassword={0}&scram_client_key={0}", "/assay?sslpassword=***&"),
]


@pytest.mark.parametrize("secret", PASSWORDS)
@pytest.mark.parametrize(("address", "kept"), BEFORE_THE_HOST)
def test_a_password_is_masked_and_the_place_kept(address, kept, secret):
    shown = shown_address(address.format(secret))
    assert secret not in shown
    assert kept in shown


@pytest.mark.parametrize("secret", ["S3cret", "p%40ss%26w", "a:b", "a=b"])
@pytest.mark.parametrize(("address", "kept"), IN_A_PARAMETER)
def test_a_parameter_is_masked_and_the_place_kept(address, kept, secret):
    shown = shown_address(address.format(secret))
    assert secret not in shown
    assert kept in shown


def test_no_secret_stands_in_what_a_driver_says_of_an_address():
    address = "postgresql+psycopg://ow:o%40pen@db/assay?password=S3cret&host=db"
    said = without_secrets(f'at {address}: "o@pen" as o%40pen or S3cret, not S3crets, of db', address)
    assert said == f'at {shown_address(address)}: "***" as *** or ***, not S3crets, of db'
