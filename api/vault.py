"""Seals what must not be readable in a stolen database, and masks what is shown.

AES-256-GCM with a random 96-bit nonce a value (NIST SP 800-38D); a blind index is HMAC-SHA-256 under a
key derived from the same secret, so that an id number can be found without being readable.
"""

from __future__ import annotations

import hmac
import os
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_SEAL_VERSION = b"\x01"


class NoKey(RuntimeError):
    """Nothing can be sealed or opened: no data key is set."""


class SealBroken(RuntimeError):
    """A sealed value cannot be opened: wrong key or damaged data."""


class Vault:
    """Seals, opens and blindly indexes short texts with one 32-byte key.

    Without a key (None) it can be made, so that commands run which need none; any use raises NoKey.
    """

    def __init__(self, key: bytes | None) -> None:
        self._key = key

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(hmac.digest(self._secret(), b"seal", "sha256"))

    @cached_property
    def _index_key(self) -> bytes:
        return hmac.digest(self._secret(), b"index", "sha256")

    def _secret(self) -> bytes:
        if self._key is None:
            raise NoKey("ROUNDS_DATA_KEY is not set; `flask --app wsgi data-key` makes one")
        return self._key

    def seal(self, text: str) -> bytes:
        """Encrypt ``text``; each call gives other bytes."""
        nonce = os.urandom(12)
        return _SEAL_VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), _SEAL_VERSION)

    def open(self, sealed: bytes) -> str:
        """Decrypt what :meth:`seal` made. Raises SealBroken."""
        try:
            return self._cipher.decrypt(sealed[1:13], sealed[13:], sealed[:1]).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("a sealed value cannot be opened with this ROUNDS_DATA_KEY") from error

    def blind(self, text: str) -> str:
        """Return the same 64 hex digits for the same text, and nothing about it."""
        return hmac.digest(self._index_key, text.encode(), "sha256").hex()


def mask_name(name: str) -> str:
    """Show the family name alone: 陈** for Chinese names, ``A. …`` initials for others."""
    name = name.strip()
    if not name:
        return ""
    if ord(name[0]) > 0x2E80:
        return name[0] + "*" * max(1, len(name) - 1)
    return " ".join(f"{part[0]}." for part in name.split())


def mask_number(number: str) -> str:
    """Show the first three and last two characters of a phone or id number."""
    return number[:3] + "*" * max(3, len(number) - 5) + number[-2:] if len(number) > 7 else "*" * len(number)
