"""The customers."""

import sys

import pytest
from shop.users import User, greet, is_email, register


@pytest.fixture
def database():
    """A database that is not there: the error happens before the test begins."""
    raise ConnectionError("database on port 5432 refused the connection")


@pytest.fixture
def mailbox():
    """A mailbox that complains at the end: the error happens after the test has passed."""
    messages = []
    yield messages
    if messages:
        raise RuntimeError(f"{len(messages)} messages were never sent")


@pytest.mark.parametrize(
    "text",
    ["ada@example.org", "grace.hopper@navy.example", "a+b@c.de", "jürgen@example.de", "李@example.cn"],
)
def test_email(text):
    assert is_email(text)


@pytest.mark.parametrize("text", ["", "ada", "@example.org", "ada@", "ada @example.org", "a@b@c.de"])
def test_no_email(text):
    assert not is_email(text)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Hello, Ada"), ("de", "Grüß Gott, Ada"), ("ja", "こんにちは, Ada")],
    ids=["en", "de", "ja"],
)
def test_greeting(language, expected):
    assert greet(User("Ada", "ada@example.org", language)) == expected


def test_größe_of_the_greeting_in_greek():
    """A name that is not ASCII, and a language that is missing."""
    assert greet(User("Ada", "ada@example.org", "el")) == "Γειά, Ada"


class TestRegister:
    """Signing up."""

    def test_new(self):
        users = {}
        assert register(users, "Ada", "ada@example.org") is users["ada@example.org"]

    def test_taken(self):
        users = {}
        register(users, "Ada", "ada@example.org")
        with pytest.raises(ValueError, match="is taken"):
            register(users, "Ada again", "ada@example.org")

    def test_is_stored(self, database):
        register(database, "Ada", "ada@example.org")

    def test_sends_a_welcome(self, mailbox):
        mailbox.append(greet(register({}, "Ada", "ada@example.org")))
        assert mailbox == ["Hello, Ada"]

    @pytest.mark.skipif(sys.version_info < (4,), reason="needs Python 4")
    def test_on_python_4(self):
        raise AssertionError("never reached")

    @pytest.mark.xfail(reason="addresses are compared letter by letter", raises=pytest.fail.Exception)
    def test_case_does_not_matter(self):
        users = {}
        register(users, "Ada", "ada@example.org")
        with pytest.raises(ValueError, match="is taken"):
            register(users, "Ada", "ADA@example.org")

    @pytest.mark.xfail(reason="plus signs were refused once")
    def test_plus_sign(self):
        assert register({}, "Ada", "ada+shop@example.org")

    @pytest.mark.xfail(reason="long names were cut once", strict=True)
    def test_long_name(self):
        name = "Ada " * 50
        assert register({}, name, "ada@example.org").name == name
