"""Who buys."""

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+")


@dataclass
class User:
    """A customer."""

    name: str
    email: str
    language: str = "en"


def is_email(text):
    """Say whether a text looks like an e-mail address."""
    return ADDRESS.fullmatch(text) is not None


def greet(user):
    """Return the greeting in the customer's language."""
    words = {"en": "Hello", "de": "Grüß Gott", "ja": "こんにちは"}
    return f"{words[user.language]}, {user.name}"


def register(users, name, email, language="en"):
    """Add a customer to a dict of customers by e-mail and return the new one.

    Raises:
        ValueError: the address is none, or is taken.
    """
    if not is_email(email):
        raise ValueError(f"no e-mail address: {email!r}")
    if email in users:
        raise ValueError(f"{email} is taken")
    users[email] = User(name, email, language)
    return users[email]
