"""The pages that list a run's briefs: `index.html`, and `index-2.html` … where there are very many."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from summarizer import outputs
from summarizer.bulk.job import BRIEFS, Job
from summarizer.bulk.ledger import Entry, Ledger
from summarizer.bulk.states import FINISHED
from summarizer.rendering.page import page

ROWS = 5000  # reports of one page
_TITLE = "报告简报 / Briefs of reports"
_COLUMNS = ("报告 / Report", "地区 / Place", "年份 / Year", "状态 / State", "指标 / Figures", "目标 / Goals",
            "项目 / Projects", "风险 / Risks", "缺口 / Gaps")  # fmt: skip
_STATES = {
    "waiting": "未读 / not read yet",
    "done": "完成 / done",
    "gaps": "完成，有缺口 / done, with gaps",
    "lost": "完成，有文字未读 / done, text lost",
    "failed": "失败 / failed",
    "linked": "同文 / same text",
}


def write_index(job: Job, ledger: Ledger) -> Path:
    """Writes the pages, and returns the first."""
    entries = ledger.entries()
    pages = max(1, -(-ledger.count() // ROWS))
    for number in range(1, pages + 1):
        rows = "\n".join(_row(entry, ledger, job) for entry in islice(entries, ROWS))
        head = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
        body = (
            f"<h1>{_TITLE}</h1>\n<p>{_summary(ledger)}</p>\n{_links(number, pages)}"
            f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'
        )
        outputs.write(str(job.out / _name(number)), page(_TITLE, body, "zh"))
    return job.out / _name(1)


def _name(number: int) -> str:
    return "index.html" if number == 1 else f"index-{number}.html"


def _summary(ledger: Ledger) -> str:
    return "; ".join(f"{_STATES[state]}: {count:,}" for state, count in ledger.states().items() if count)


def _links(number: int, pages: int) -> str:
    if pages == 1:
        return ""
    links = (f"<strong>{n}</strong>" if n == number else f'<a href="{_name(n)}">{n}</a>' for n in range(1, pages + 1))
    return f"<p>{' '.join(links)}</p>\n"


def _row(entry: Entry, ledger: Ledger, job: Job) -> str:
    facts = entry.facts
    home = ledger.entry(entry.same_as) if entry.same_as else entry
    counts = (facts.figures, facts.goals, facts.projects, facts.risks, sum(facts.gaps.values()))
    has_brief = entry.state in FINISHED or entry.state == "linked"
    shown = [str(count) for count in counts] if has_brief else [""] * len(counts)
    state = _STATES[entry.state] + (f"<br>{escape(entry.reason)}" if entry.reason else "")
    cells = [
        _report(entry, home.name if home and has_brief else None, job),
        escape(facts.place or ""),
        str(facts.target_year or facts.review_year or ""),
        state,
        *shown,
    ]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _report(entry: Entry, name: str | None, job: Job) -> str:
    title = f"<br>{escape(entry.facts.title)}" if entry.facts.title else ""
    links = " ".join(_formats(name, job)) if name else ""
    return f"{escape(entry.key)}{title}<br>{links}"


def _formats(name: str, job: Job) -> Iterator[str]:
    for form in ("html", "md", "json"):
        if form in job.forms:
            yield f'<a href="{BRIEFS}/{quote(name)}.{form}">{form}</a>'
