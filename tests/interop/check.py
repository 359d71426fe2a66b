"""How these tests say what holds, and end when something does not."""

import sys


def check(fact, words):
    """Ends the run in words unless the fact holds."""
    if not fact:
        sys.exit(f"interop: this does not hold: {words}")
    print(f"  ok: {words}", flush=True)


def equal(found, expected, words):
    """Ends the run in words, with both values, unless they are the same."""
    if found != expected:
        sys.exit(f"interop: this does not hold: {words}\n  expected: {expected!r}\n  found:    {found!r}")
    print(f"  ok: {words}", flush=True)
