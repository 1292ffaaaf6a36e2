"""The quality gate: today's scores against floors that only move up (floors.json).

`gate.py` fails where a score is below its floor; `gate.py --raise` lifts the floors to what is
reached now (rounded down to three decimals) and never lowers one.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from degradation import CASES, measure
from oracle import Oracle, seeds, serving

from summarizer.evaluation.reporting import Row, Scores
from summarizer.evaluation.scoring import score
from summarizer.pipeline import Summarizer
from summarizer.resources import folder

FLOORS = Path(__file__).resolve().parent / "floors.json"


def scores_of(summarizer: Summarizer) -> Scores:
    """An engine's scores on the sample reports."""
    briefs, golds, texts = {}, {}, {}
    for path in seeds():
        briefs[path.stem] = json.loads(summarizer.summarize(path).to_json())
        golds[path.stem] = json.loads((folder("gold") / f"{path.stem}.gold.json").read_text("utf-8"))
        texts[path.stem] = path.read_bytes().decode("utf-8")
    return score(briefs, golds, texts)


def _value(row: Row) -> float:
    """One number a row, the higher the better."""
    if row.f1 is not None:
        return row.f1
    return row.accuracy if row.accuracy is not None else -float(row.count or 0)


def measured() -> dict[str, float]:
    """All scores by name: rules, the oracle through the chat engine, and the oracle with shifted ids."""
    found = {f"rules {row.name}": _value(row) for row in scores_of(Summarizer("rules", environment={})).rows}
    with serving(Oracle()) as url:
        oracle = scores_of(Summarizer("chat", model="oracle", base_url=url, environment={}))
    found |= {f"oracle {row.name}": _value(row) for row in oracle.rows}
    found |= {f"held: {o.name}": o.held for o in measure(CASES)}
    return found


def main() -> int:
    floors: dict[str, float] = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    now = measured()
    if "--raise" in sys.argv:
        lifted = {
            name: max(floors.get(name, -math.inf), math.floor(value * 1000) / 1000) for name, value in now.items()
        }
        FLOORS.write_text(json.dumps(lifted, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"{len(lifted)} floors")
        return 0
    below = [
        f"{name}: {now.get(name, -math.inf):.3f} is below its floor {floor:.3f}"
        for name, floor in floors.items()
        if now.get(name, -math.inf) < floor
    ]
    print("\n".join(below) if below else f"All {len(floors)} scores are at or above their floors.")
    return 1 if below or not floors else 0


if __name__ == "__main__":
    raise SystemExit(main())
