"""Making and comparing secrets: passwords with Argon2id, tokens and codes as SHA-256 of random text."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, t=2, p=1.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")
# No 0 O 1 I L: codes are read aloud and typed on a phone.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def hash_password(password: str) -> str:
    """Return the Argon2id hash to keep."""
    return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Compare in the same time whether or not the user exists, so that names cannot be probed."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def new_token() -> str:
    """Return a fresh opaque token (256 random bits)."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return a one-time enrolment code such as ``7KQM-2XWD-9RTH`` (about 59 bits)."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(12))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def digest(secret: str) -> str:
    """Return what is kept of a token or code."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def code_digest(code: str) -> str:
    """Return what is kept of an enrolment code, however it was typed (case, blanks, dashes)."""
    return digest("".join(letter for letter in code.upper() if letter.isalnum()))
