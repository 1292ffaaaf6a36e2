"""Ids with a check letter, so that a neighbour's id, a slip or another chunk's id does not resolve."""

from __future__ import annotations

import hashlib

_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # without i, l and o, which look like digits


def checked_ids(seed: str, kind: str, count: int) -> list[str]:
    """The ids `q1x`, `q2y`, … up to a count, each with the letter that its number has under this seed.

    The letter is an affine function of the number modulo 23, a prime: neighbours, numbers with one wrong digit and
    swapped digits of numbers below a hundred never share theirs. `seed` ties the ids to their text: of another
    text's ids about one in 23 fits by chance.
    """
    mark = hashlib.blake2b(f"{seed}:{kind}".encode(), digest_size=8).digest()
    prime = len(_LETTERS)
    step, start = 1 + int.from_bytes(mark[:4], "big") % (prime - 1), int.from_bytes(mark[4:], "big") % prime
    return [f"{kind}{n}{_LETTERS[(step * n + start) % prime]}" for n in range(1, count + 1)]
