"""Measure everything in one run and print one table."""

import argparse
import sys
from collections.abc import Iterable

from benchmarks import (
    checking,
    engine,
    job_manager,
    local_engine,
    log_ins,
    many_jobs,
    requests_cost,
    results,
    served,
    start_up,
)
from benchmarks.measuring import FULL, QUICK, Benchmark, Effort, Row

BENCHMARKS = (
    *requests_cost.BENCHMARKS,
    *checking.BENCHMARKS,
    *start_up.BENCHMARKS,
    *log_ins.BENCHMARKS,
    *results.BENCHMARKS,
    *engine.BENCHMARKS,
    *local_engine.BENCHMARKS,
    *many_jobs.BENCHMARKS,
    *job_manager.BENCHMARKS,
    *served.BENCHMARKS,
)

_HEADER = Row("", "measured", "peer", "result", "goal")


def main(arguments: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of the names of the rows to measure; all by default")
    parser.add_argument("--quick", action="store_true", help="few rounds and few jobs: does it run at all?")
    options = parser.parse_args(arguments)
    names = [name for each in BENCHMARKS for name in each.names if _is_asked_for(name, options.names)]
    if not names:
        parser.error("no row has such a name; without names, all are measured")
    rows = measure(BENCHMARKS, names, QUICK if options.quick else FULL)
    print(table(rows))


def measure(benchmarks: Iterable[Benchmark], names: list[str], effort: Effort) -> list[Row]:
    """Run the benchmarks that yield rows of these names."""
    rows = []
    for benchmark in benchmarks:
        if not set(names).isdisjoint(benchmark.names):
            for row in benchmark.run(effort):
                print(f"\r\033[K{row.name}", end="", file=sys.stderr, flush=True)
                rows.append(row)
    print("\r\033[K", end="", file=sys.stderr)
    return [row for row in rows if row.name in names]


def table(rows: list[Row]) -> str:
    """Lay out rows under each other."""
    cells = [
        (row.name, row.measured, row.peer, row.result, row.goal, _verdict(row)) for row in (_HEADER, *rows)
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 0 < place < 5 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _verdict(row: Row) -> str:
    if row is _HEADER or not row.goal:
        return ""
    return "ok" if row.met else "MISSED"


def _is_asked_for(name: str, parts: list[str]) -> bool:
    return not parts or any(part in name for part in parts)


if __name__ == "__main__":
    main()
