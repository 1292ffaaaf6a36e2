"""Names of figures get English from known words, or none at all."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from summarizer.brief import Brief
from summarizer.evaluation.gold import read_gold
from summarizer.pipeline import Summarizer
from summarizer.resources import folder
from summarizer.terms.composing import Composer, Word
from summarizer.terms.dictionary import load_terms

WORDS = {
    "新建": Word("V", "newly built", "construction"),
    "改造": Word("V", "renovated", "renovation"),
    "达到": Word("V", "reaching", "attainment"),
    "老旧小区": Word("N", "old residential compound", "old residential compounds"),
    "车间": Word("N", "workshop", "workshops"),
    "工厂": Word("N", "factory", "factories"),
    "智能": Word("A", "smart", ""),
    "重点": Word("A", "key", ""),
    "项目": Word("N", "project", "projects"),
    "产值": Word("O", "output value", "output value"),
    "投资": Word("O", "investment", "investment"),
    "农村居民": Word("N", "rural resident", "rural residents"),
    "收入": Word("O", "income", "income"),
}


@pytest.fixture
def composer() -> Composer:
    terms = {"新能源汽车": "new energy vehicles"}
    return Composer(WORDS, terms, {"城镇新增就业": "new urban jobs"})


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("新建智能工厂", "newly built smart factories"),
        ("新建智能车间、智能工厂", "newly built smart workshops and smart factories"),
        ("老旧小区改造", "old residential compound renovation"),
        ("老旧小区改造项目", "old residential compound renovation projects"),
        ("新建改造工厂", "newly built and renovated factories"),
        ("新能源汽车产值", "output value of new energy vehicles"),
        ("新能源汽车项目", "new energy vehicle projects"),
        ("重点项目投资", "investment in key projects"),
        ("重点投资", "key investment"),
        ("农村居民的收入", "income of rural residents"),
        ("改造城镇新增就业", "renovated new urban jobs"),
        ("“智能工厂”", "smart factories"),
        ("5G项目", "5G projects"),
        ("工厂产值占全市比重", "output value of factories as a share of the city's total"),
    ],
)
def test_known_words_make_a_name(composer: Composer, zh: str, en: str) -> None:
    """Verbs in front are participles, inside nouns of action; measures go in front; terms are in singular."""
    assert composer.english(zh) == en


@pytest.mark.parametrize(
    "zh",
    [
        "智能鲸鱼",
        "观音桥工厂",
        "智能",
        "和工厂",
        "工厂和",
        "项目达到重点",
        "的收入",
        "新建的",
        "",
        "、",
        "占全市",
        "工" * 40,
        "改造",
        "项目项目",
        "智能改造车间",
        "产值连续达到",
    ],
)
def test_an_unknown_word_or_a_statement_leaves_a_name_untranslated(composer: Composer, zh: str) -> None:
    """No Chinese in the English, no half names, and no names made of statements."""
    assert composer.english(zh) is None


def test_the_lexicon_is_well_formed() -> None:
    """Every line has a class, and English without Chinese, digits or stray blanks."""
    lines = resources.files("summarizer.terms").joinpath("data", "words.tsv").read_text("utf-8").splitlines()
    assert lines[0] == "zh\tclass\tfront\thead"
    rows = [line.split("\t") for line in lines[1:]]
    assert all(len(row) == 4 and row[1] in "NVAO" and (row[2] or row[3]) for row in rows)
    assert len({row[0] for row in rows}) == len(rows) > 4000
    assert not [row for row in rows if re.search(r"[一-鿿\d]|^\s|\s$|  ", f"{row[2]}|{row[3]}")]


def test_most_figures_of_the_samples_have_english_and_no_gap_comes_of_it() -> None:
    """The checks accept what is composed: no name is lost for its English."""
    summarizer = Summarizer("rules", environment={})
    figures = [f for stem in read_gold(folder("gold")) for f in _brief(summarizer, stem).figures]
    known = [f for f in figures if f.indicator.en is not None]
    assert len(known) > 0.85 * len(figures)
    assert not [f.indicator.en for f in known if re.search("[一-鿿]", f.indicator.en or "")]


def _brief(summarizer: Summarizer, stem: str) -> Brief:
    brief = summarizer.summarize(folder("seeds") / f"{stem}.txt")
    assert not [g for g in brief.gaps if g.stage == "grounding"]
    return brief


def test_a_users_glossary_is_part_of_names(tmp_path: Path) -> None:
    """A term of one's own stands inside a longer name."""
    own = tmp_path / "own.tsv"
    own.write_text("zh\ten\n鲸湖新城\tWhale Lake New Town\n", "utf-8")
    assert load_terms().composed("鲸湖新城项目") is None
    assert load_terms(own).composed("鲸湖新城项目") == "Whale Lake New Town projects"
