"""Requests made at random, by hand on Linux, with limits of time and memory.

Run ``python tests/sturdy/fuzzing --minutes 20``.
"""

import argparse
import sys
import time
import warnings

from fuzzer import Fuzzer


def main():
    """Fuzz for some minutes and tell what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    # As in the projects whose pytest does so: a warning of NumPy's is an error of the server's.
    warnings.simplefilter("error", RuntimeWarning)
    fuzzer = Fuzzer(options.seed, measured=True)
    fuzzer.run(lambda _: time.monotonic() < end)
    told = ", ".join(f"{size:.0f} MB at the {when}" for when, size in fuzzer.memory.items())
    print(f"{fuzzer.counts.total()} requests: {dict(fuzzer.counts.most_common())}; {told}")
    took, request = fuzzer.slowest
    print(f"the slowest answer took {took:.2f} s: {request}; the largest body had {fuzzer.largest:,} bytes")
    for what, request in fuzzer.findings.items():
        print(f"\n## {what}\n{str(request)[:2000]}")
    sys.exit(bool(fuzzer.findings))


if __name__ == "__main__":
    main()
