"""How a bad model makes things up: an honest answer in, and the same answer with fabricated facts in place of its own.

Each fabrication is seeded. Numbers are chosen so that the report does not have them; the marks that they leave in a
text are kept, so that one that came through can be found in a brief by looking for it.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from oracle import Answer

from summarizer.model import Chunk
from summarizer.resources import read

Row = dict[str, Any]
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
ONES = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VAGUE = (
    *("dozens of", "hundreds of", "thousands of", "tens of", "scores of", "a score of", "a dozen", "a couple of"),
    *("two thirds of", "three quarters of", "one third of", "a fifth of", "a quarter of", "half of", "half a million"),
    *("doubled", "threefold", "tenfold", "twice as many", "several hundred", "nought point five"),
)
_HAN = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"


@dataclass
class Forger:
    """What makes up the facts of one chunk: its random numbers, and the marks that it leaves."""

    chunk: Chunk
    rng: random.Random
    marks: list[str] = field(default_factory=list)

    def marked(self, mark: str) -> str:
        self.marks.append(mark)
        return mark

    def number(self) -> int:
        """A number of four digits that the report does not have."""
        while True:
            value = self.rng.randint(2101, 9899)
            if str(value) not in self.chunk.report.text:
                return value

    # --- numbers in English ----------------------------------------------------------------

    def digits(self) -> str:
        value = self.number()
        return self.marked(self.rng.choice([str(value), f"{value:,}", f"{value / 100:.1f}", f"{value}%", f"{value}th"]))

    def words(self) -> str:
        tens, ones = self.rng.choice(_TENS), self.rng.choice(ONES)
        shapes = [
            f"{tens}-{ones}",
            f"{ones} hundred and {tens}",
            f"{tens} thousand",
            f"{ones} million",
            f"{ones}",
            f"{tens}",
        ]
        return self.marked(self.rng.choice(shapes))

    def vague(self) -> str:
        return self.marked(self.rng.choice(_VAGUE))

    def roman(self) -> str:
        return self.marked(self.rng.choice(["XIV", "XXVII", "LXIII", "XLII", "CXV", "MMXXX", "Ⅻ", "XXXVIII", "xxvii"]))

    def strange(self) -> str:
        shapes = ["½", "⅔", "４７", "٤٧", "四十七", "47²", "⑨", "4\u200b7", "4 7", "0x2F", "4e3"]
        return self.marked(self.rng.choice(shapes))

    # --- numbers in Chinese ----------------------------------------------------------------

    def han(self) -> str:
        a, b, c = (self.rng.randint(2, 9) for _ in range(3))
        shapes = [
            f"{_HAN[a]}百{_HAN[b]}十{_HAN[c]}",
            f"{_HAN[a]}千{_HAN[b]}百",
            f"{_HAN[a]}十{_HAN[b]}万",
            _HAN[a] + _HAN[b] + _HAN[c],
        ]
        return self.new([f"{shape}个" for shape in shapes])

    def wide(self) -> str:
        value = str(self.number())
        wide = "".join(chr(ord(d) + 0xFEE0) for d in value)
        return self.new([wide, value, f"{value[:2]}.{value[2:]}%", "⑦⑧", "Ⅷ", "㊈", f"{value}亿元"])

    def formal(self) -> str:
        a, b = (self.rng.randint(2, 9) for _ in range(2))
        return self.new(
            [
                f"{_FORMAL[a]}拾{_FORMAL[b]}",
                f"廿{_HAN[a]}",
                "数十个",
                "几百家",
                "上千人",
                "三分之二",
                "五成",
                "七折",
                "两倍",
                "过半",
            ]
        )

    def new(self, shapes: Sequence[str]) -> str:
        """One of the shapes that the report does not have; the last resort is a long number."""
        fresh = [shape for shape in shapes if shape not in self.chunk.report.text]
        return self.marked(self.rng.choice(fresh or [str(self.number())]))


Fabricate = Callable[[Answer, Forger], Answer]
COPIES = 2  # of an honest item as many fabricated ones are made, where they cannot stand in each other's way


def _each(kind: str, change: Callable[[Row, Forger], Row | None], copies: int = COPIES) -> Fabricate:
    """Every item of a list as fabricated ones; what cannot be changed so is left out, and nothing is skipped."""

    def fabricate(answer: Answer, forger: Forger) -> Answer:
        rows = [new for row in answer[kind] for _ in range(copies) if (new := change(row, forger)) is not None]
        return {name: [] for name in answer} | {kind: rows}

    return fabricate


def _english(number: Callable[[Forger], str]) -> Callable[[Row, Forger], Row]:
    """A number put into an item's English, at a place of its own."""

    def change(row: Row, forger: Forger) -> Row:
        plain = row["en"] or "progress on the named works"
        return row | {
            "en": forger.rng.choice([f"{plain}, with {number(forger)} more", f"{number(forger)} places: {plain}"])
        }

    return change


def _chinese(key: str, number: Callable[[Forger], str]) -> Callable[[Row, Forger], Row]:
    def change(row: Row, forger: Forger) -> Row:
        return row | {key: forger.rng.choice(["{}{}", "{1}{0}"]).format(row.get(key) or row["zh"], number(forger))}

    return change


# --- pointers ---------------------------------------------------------------------------------


def _random_id(key: str) -> Callable[[Row, Forger], Row]:
    def change(row: Row, forger: Forger) -> Row:
        return row | {key: f"{row[key][0]}{forger.rng.randint(1, 120)}{forger.rng.choice(_LETTERS)}"}

    return change


def _wrong_letter(key: str) -> Callable[[Row, Forger], Row]:
    def change(row: Row, forger: Forger) -> Row:
        others = [letter for letter in _LETTERS if letter != row[key][-1]]
        return row | {key: row[key][:-1] + forger.rng.choice(others)}

    return change


def _verbatim(row: Row, forger: Forger) -> Row | None:
    """A citation by its words with one digit changed, or cut out of a longer number."""
    quantity = forger.chunk.quantities[row["q"]]
    clause = next((n for n, c in forger.chunk.clauses.items() if c.start <= quantity.start < c.end), None)
    digits = [i for i, c in enumerate(quantity.raw) if c.isdigit() and c.isascii()]
    if clause is None or not digits:
        return None
    at = forger.rng.choice(digits)
    other = forger.rng.choice([d for d in "123456789" if d != quantity.raw[at]])
    return row | {"q": f"{clause}:{quantity.raw[:at]}{other}{quantity.raw[at + 1 :]}"}


def _cut_year(row: Row, forger: Forger) -> Row | None:
    """Numbers that are pieces of years and dates: 23年 of 2023年."""
    text = forger.chunk.report.text
    for name, clause in forger.chunk.clauses.items():
        if match := re.search(r"20(\d\d年)|(?<=\d)(\d[号期级])", text[clause.start : clause.end]):
            return row | {"q": f"{name}:{match.group(1) or match.group(2)}", "zh": "发展"[: forger.rng.randint(1, 2)]}
    return None


def _part(row: Row, forger: Forger) -> Row | None:
    """A goal's part whose digits are changed."""
    clause = forger.chunk.clauses[row["c"]]
    text = forger.chunk.report.text[clause.start : clause.end]
    digits = [m.start() for m in re.finditer(r"\d", text)]
    if not digits:
        return None
    at = forger.rng.choice(digits)
    other = forger.rng.choice([d for d in "0123456789" if d != text[at]])
    return row | {"part": text[max(0, at - 4) : at] + other + text[at + 1 : at + 5]}


def _other_chunk(answer: Answer, forger: Forger) -> Answer:
    """Ids of the same numbers as another text would have them: the letters of each chunk are its own."""
    step = forger.rng.randint(1, 22)

    def moved(pointer: str) -> str:
        return pointer[:-1] + _LETTERS[(_LETTERS.index(pointer[-1]) + step) % 23]

    return {
        kind: [row | {key: moved(row[key]) for key in ("q", "c", "c2") if row.get(key)} for row in rows]
        for kind, rows in answer.items()
        if kind != "skipped"
    } | {"skipped": []}


def _example(answer: Answer, forger: Forger) -> Answer:
    """The answer of the prompt's own example, as a weak model repeats it."""
    example: Answer = json.loads(read("prompts", "example.answer.json"))
    forger.marks += ["云岭大桥", "青石湾产业园", "华彩新材料", "Yunling", "Huacai"]
    return example


def _foreign_placeholder(row: Row, forger: Forger) -> Row | None:
    """English that cites a quantity of another place."""
    own = set(re.findall(r"\{(\w+)", row["en"] or ""))
    others = [name for name in forger.chunk.quantities if name not in own]
    return row | {"en": f"Reach {{{forger.rng.choice(others)}}} at last"} if others else None


def _joined(row: Row, forger: Forger) -> Row | None:
    """Digits and scales at a placeholder's edge, which make another number of it."""
    if "{" not in (row["en"] or ""):
        return None
    edges = ["{}0", "2{}", "{}.5", "{} billion", "{}%", "-{}", "{},000", "{} dozen", "{}{}", "1/{}", "{}k"]
    shape = forger.rng.choice(edges)
    return row | {"en": re.sub(r"\{\w+#?\}", lambda m: shape.replace("{}", m.group()), row["en"])}


# --- readings that are wrong, of things that are there ---------------------------------------


def _to_next(answer: Answer, forger: Forger, steps: int = 1) -> Answer:
    ids = list(forger.chunk.quantities)
    following = dict(zip(ids, ids[steps:], strict=False)) if steps > 0 else dict(zip(ids[-steps:], ids, strict=False))
    rows = [f | {"q": following[f["q"]]} for f in answer["figures"] if f["q"] in following]
    return {name: [] for name in answer} | {"figures": rows}


def _names_from(answer: Answer, forger: Forger, near: bool) -> Answer:
    """Names of the figure before, or of one of another sentence."""
    rows = answer["figures"]
    if near:
        given = [(row, other) for other, row in itertools.pairwise(rows)]
    else:
        given = [(row, forger.rng.choice(rows)) for row in rows]
    return {name: [] for name in answer} | {"figures": [row | {"zh": other["zh"]} for row, other in given]}


def _kind(row: Row, forger: Forger) -> Row:
    return row | {"k": forger.rng.choice([k for k in ("actual", "target", "reference") if k != row["k"]])}


def _direction(row: Row, forger: Forger) -> Row | None:
    turned = {"up": "down", "down": "up"}
    return row | {"d": turned[row["d"]]} if row["d"] else None


def _as_growth(row: Row, forger: Forger) -> Row | None:
    if row["m"] == "change":
        return row | {"m": "level", "d": None}
    return row | {"m": "change", "d": forger.rng.choice(["up", "down"])}


def _year(steps: Sequence[int]) -> Callable[[Row, Forger], Row | None]:
    def change(row: Row, forger: Forger) -> Row | None:
        return row | {"y": row["y"] + forger.rng.choice(steps)} if row["y"] else None

    return change


def _swapped_year(row: Row, forger: Forger) -> Row | None:
    """The planned year where the reviewed one is meant, and the other way round."""
    meta = forger.chunk.report.metadata
    other = {meta.review_year: meta.target_year, meta.target_year: meta.review_year}.get(row["y"])
    return row | {"y": other} if row["y"] and other else None


INVENTIONS: dict[str, Fabricate] = {
    "ids of the right form, made up (figures)": _each("figures", _random_id("q")),
    "ids with a wrong letter (figures)": _each("figures", _wrong_letter("q")),
    "ids made up (goals)": _each("goals", _random_id("c")),
    "ids with a wrong letter (goals)": _each("goals", _wrong_letter("c")),
    "ids made up (projects)": _each("projects", _random_id("c")),
    "ids made up (risks)": _each("risks", _random_id("c")),
    "ids of another part": _other_chunk,
    "items of the prompt's own example": _example,
    "changed digits in verbatim citations": _each("figures", _verbatim),
    "pieces of longer numbers cited": _each("figures", _cut_year, 1),
    "changed digits in the part of a goal": _each("goals", _part),
    "digits in English names": _each("figures", _english(Forger.digits)),
    "number words in English names": _each("figures", _english(Forger.words)),
    "fractions, dozens, multiples in English names": _each("figures", _english(Forger.vague)),
    "Roman numerals in English names": _each("figures", _english(Forger.roman)),
    "other scripts' numbers in English names": _each("figures", _english(Forger.strange)),
    "Chinese numerals in names": _each("figures", _chinese("zh", Forger.han)),
    "full-width and circled digits in names": _each("figures", _chinese("zh", Forger.wide)),
    "formal numerals, tenths, vague numbers in names": _each("figures", _chinese("zh", Forger.formal)),
    "numbers in the scope": _each("figures", _chinese("scope", Forger.wide)),
    "Chinese numerals in the scope": _each("figures", _chinese("scope", Forger.han)),
    "numbers in names of projects": _each("projects", _chinese("zh", Forger.wide)),
    "numbers in English names of projects": _each("projects", _english(Forger.words)),
    "digits in goals": _each("goals", _english(Forger.digits)),
    "number words in goals": _each("goals", _english(Forger.words)),
    "fractions, dozens, multiples in goals": _each("goals", _english(Forger.vague)),
    "numbers at a placeholder's edge": _each("goals", _joined),
    "quantities of another place in goals": _each("goals", _foreign_placeholder),
    "number words in risks": _each("risks", _english(Forger.words)),
    "digits in risks": _each("risks", _english(Forger.digits)),
}
MISREADINGS: dict[str, Fabricate] = {
    "ids shifted to the next that exists": lambda a, f: _to_next(a, f),
    "ids shifted to the one before": lambda a, f: _to_next(a, f, -1),
    "ids shifted by two": lambda a, f: _to_next(a, f, 2),
    "names of the figure before": lambda a, f: _names_from(a, f, True),
    "names of any figure of the part": lambda a, f: _names_from(a, f, False),
    "another kind": _each("figures", _kind, 1),
    "directions turned": _each("figures", _direction, 1),
    "levels as growth, growth as levels": _each("figures", _as_growth, 1),
    "years one off": _each("figures", _year((-1, 1)), 1),
    "years two or three off": _each("figures", _year((-3, -2, 2, 3)), 1),
    "planned and reviewed year swapped": _each("figures", _swapped_year, 1),
}
