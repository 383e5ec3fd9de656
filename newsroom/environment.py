"""What the settings read from the environment, checked: pure but for the local secret, which is kept."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

# Below this, and under five different characters, Django's own deployment check calls a secret weak.
SECRET_LENGTH = 50
SECRET_CHARACTERS = 5
DATABASE_SCHEMES = {"postgres", "postgresql", "sqlite"}
HOW_TO_DRAW_ONE = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def flag(environ: Mapping[str, str], name: str, default: bool = False) -> bool:
    value = environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to 1 or 0, or leave it out.")
    return default


def choice(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; the first is the default."""
    value = environ.get(name, "").strip() or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to one of: {', '.join(choices)}.")
    return value


def size(environ: Mapping[str, str], name: str, default: int) -> int:
    """A number of bytes: 500M, 2G, 2147483648."""
    value = environ.get(name, "").strip().upper()
    if not value:
        return default
    unit = {"K": 2**10, "M": 2**20, "G": 2**30}.get(value[-1], 1)
    number = value[:-1] if unit > 1 else value
    if not (number.isascii() and number.isdecimal() and int(number) > 0):
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to a size such as 500M or 2G, or leave it out.")
    return int(number) * unit


def hosts(environ: Mapping[str, str]) -> list[str]:
    return [host.strip() for host in environ.get("NEWSROOM_HOSTS", "").split(",") if host.strip()]


def check_production(environ: Mapping[str, str]) -> None:
    """Tell all that is wrong at once, so that an operator need not start five times."""
    problems = []
    secret = environ.get("NEWSROOM_SECRET_KEY", "")
    if not secret:
        problems.append(f"NEWSROOM_SECRET_KEY is missing; draw one with: {HOW_TO_DRAW_ONE}")
    elif len(secret) < SECRET_LENGTH or len(set(secret)) < SECRET_CHARACTERS:
        problems.append(
            f"NEWSROOM_SECRET_KEY is too easy to guess, it needs {SECRET_LENGTH} characters or more; "
            f"draw one with: {HOW_TO_DRAW_ONE}"
        )
    if not hosts(environ):
        problems.append(
            "NEWSROOM_HOSTS is missing; name the hosts that the archive answers to, "
            "separated by commas, e.g. archive.example.org"
        )
    elif any("/" in host or "*" in host for host in hosts(environ)):
        problems.append("NEWSROOM_HOSTS takes host names alone, such as archive.example.org, and no *")
    if flag(environ, "NEWSROOM_DEBUG"):
        problems.append("NEWSROOM_DEBUG shows secrets to readers; it is for NEWSROOM_ENV=local only")
    if problems:
        raise ImproperlyConfigured(
            "The archive cannot start in production:\n"
            + "\n".join(f"- {problem}" for problem in problems)
            + "\n(To try it on your own machine, set NEWSROOM_ENV=local or run: make demo.)"
        )


def local_secret(path: Path) -> str:
    """Drawn once and kept, so that a restart logs nobody out."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as draft:
            draft.write(secrets.token_urlsafe(SECRET_LENGTH))
            draft.flush()
            # A link appears whole or not at all: of two processes that start together, one wins.
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text()


def public_address(environ: Mapping[str, str], default: str, *, https: bool) -> str:
    address = environ.get("NEWSROOM_URL", "").strip().rstrip("/") or default
    parts = urlsplit(address)
    schemes = {"https"} if https else {"http", "https"}
    if parts.scheme not in schemes or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"NEWSROOM_URL is {address!r}; set it to the archive's public address, "
            "scheme and host alone, such as https://archive.example.org"
        )
    return address


def database(url: str, base: Path) -> dict[str, Any]:
    """Django's settings for a DATABASE_URL. No message repeats the URL, for it may hold a password."""
    scheme = url.partition("://")[0]
    if "://" not in url or scheme not in DATABASE_SCHEMES:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql:// or sqlite://, such as "
            "postgresql://user:password@host:5432/name or sqlite:////var/lib/archive/archive.sqlite3"
        )
    try:
        parsed: dict[str, Any] = {**dj_database_url.parse(url)}
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; a character such as @ : / # ? or % in its user or password "
            "must be percent-encoded (@ is %40)"
        ) from None
    name = parsed["NAME"]
    if name in {"", ":memory:"} or urlsplit(url).fragment:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database; end it with one, such as postgresql://user@host/archive "
            "(a # in a password must be written %23)"
        )
    if scheme == "sqlite":
        # Not the working directory, which differs between a shell and a service.
        parsed["NAME"] = str(base / name)
    return parsed
