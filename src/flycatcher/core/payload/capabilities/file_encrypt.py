"""Encryption of data. ATT&CK T1486."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Calls, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _encrypts(words: Sequence[str]) -> bool:
    """``openssl enc -e``, ``gpg -c``, ``7z -p``."""
    name = words[0].rpartition("/")[2]
    if name == "openssl":
        return "enc" in words[1:2] and "-d" not in words
    return name in ("gpg", "gpg2") and any(w in ("-c", "--symmetric") for w in words[1:])


RULE = Rule(
    id="file.encrypt",
    technique="T1486",
    points=35,
    sentence="encrypts data",
    calls={
        "python": (
            Calls(
                "cryptography.fernet.Fernet().encrypt Crypto.Cipher.AES.new().encrypt "
                "pyAesCrypt.encryptFile nacl.secret.SecretBox().encrypt"
            ),
        ),
        "javascript": (Calls("crypto.createCipheriv crypto.publicEncrypt"),),
        "ruby": (Calls("OpenSSL::Cipher.new().encrypt"),),
        "php": (Calls("openssl_encrypt mcrypt_encrypt"),),
        "perl": (Calls("Crypt::CBC.new"),),
    },
    commands=_encrypts,
)
