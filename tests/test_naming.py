"""A quantity's name is the noun phrase that it measures, in the characters of its sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.chunking import flat
from summarizer.loading.text import load, load_text
from summarizer.model import Report
from summarizer.naming import likeness, name_quantities
from summarizer.outline import read_outline
from summarizer.quantities.grammar import find_quantities

SEEDS = sorted((Path(__file__).parents[1] / "seeds").glob("*.txt"))


def named(report: Report) -> list[tuple[str, list[str]]]:
    """Each sentence that has quantities, with their names."""
    quantities = find_quantities(report.text, report.boilerplate)
    found = []
    for section in read_outline(report).sections:
        for sentence in section.sentences:
            inside = tuple(q for q in quantities if sentence.start <= q.start < sentence.end)
            text = flat(report.text[sentence.start : sentence.end])
            found.append((text, list(name_quantities(report.text, sentence, inside))))
    return [(text, names) for text, names in found if names]


def names(sentence: str) -> list[str]:
    """The names of a text's quantities, in order."""
    return [name for _, own in named(load_text(sentence)) for name in own]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("规模以上工业总产值1509亿元。", "规模以上工业总产值"),
        ("一般公共预算收入完成86.4亿元。", "一般公共预算收入"),
        ("社会消费品零售总额突破千亿元。", "社会消费品零售总额"),
        ("完成固定资产投资520亿元。", "固定资产投资"),
        ("金融机构存款余额达到1.2万亿元。", "金融机构存款余额"),
        ("城镇调查失业率控制在5.5%以内。", "城镇调查失业率"),
        ("粮食总产量稳定在30万吨以上。", "粮食总产量"),
        ("空气质量优良天数达到310天以上。", "空气质量优良天数"),
        ("PM2.5平均浓度降至32微克/立方米。", "PM2.5平均浓度"),
        ("森林覆盖率为43%。", "森林覆盖率"),
        ("居民人均可支配收入增长6%左右。", "居民人均可支配收入"),
        ("学前教育普惠率提高2.06个百分点。", "学前教育普惠率"),
        ("公用经费支出压减近20%。", "公用经费支出"),
        ("城镇新增就业3.5万人以上。", "城镇新增就业"),
        ("每千人口托位数达到3.9个。", "每千人口托位数"),
    ],
)
def test_the_name_stands_before_the_value(sentence: str, wanted: str) -> None:
    """Without the verb or link between them."""
    assert names(sentence) == [wanted]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("打造5个城市花境。", "城市花境"),
        ("新增325个婴幼儿托位。", "新增婴幼儿托位"),
        ("整治32台老旧电梯。", "整治老旧电梯"),
    ],
)
def test_the_counted_noun_stands_behind_the_value(sentence: str, wanted: str) -> None:
    """With a verb before the number that changes what it means."""
    assert names(sentence) == [wanted]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("新增智能工厂1个、数字化车间6个。", ["新增智能工厂", "新增数字化车间"]),
        ("整治路面18万平方米、人行道9.8万平方米、桥隧235座。", ["整治路面", "整治人行道", "整治桥隧"]),
        ("新建学校8所,新增学位6000个。", ["新建学校", "新增学位"]),
        ("引进外资项目12个,实际利用外资20亿美元。", ["引进外资项目", "实际利用外资"]),
        ("固定资产投资增长10%,全市第10,比去年提高4个位次。", ["固定资产投资"] * 3),
        (
            "城乡居民收入分别完成2.3万元、1.5万元,比2011年分别增长43.7%和75%。",
            ["城居民收入", "乡居民收入"] * 2,
        ),
        ("力争到2025年引进省外内资5000亿元。", ["引进省外内资"]),
    ],
)
def test_a_list_carries_its_verb(sentence: str, wanted: list[str]) -> None:
    """The first member's verb is that of the others, unless they have their own."""
    assert names(sentence) == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("新能源公交车、网约车占比分别达66%、69%。", ["新能源公交车占比", "网约车占比"]),
        ("地区生产总值、固定资产投资分别增长5.5%、8%。", ["地区生产总值", "固定资产投资"]),
        ("进口额和出口额分别为20亿元、30亿元。", ["进口额", "出口额"]),
    ],
)
def test_values_are_spread_over_their_subjects(sentence: str, wanted: list[str]) -> None:
    """分别 gives each subject its value, and the shared tail belongs to all."""
    assert names(sentence) == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("规模以上工业总产值1509亿元,增长6.5%。", ["规模以上工业总产值"] * 2),
        ("常住人口城镇化率达71.5%、提高1.2个百分点。", ["常住人口城镇化率"] * 2),
        ("绿色贷款余额达1624亿元,同比增长25%。", ["绿色贷款余额"] * 2),
    ],
)
def test_growth_has_the_name_of_what_grows(sentence: str, wanted: list[str]) -> None:
    """A value without a subject inherits the name before it."""
    assert names(sentence) == wanted


def test_a_size_needs_what_it_is_the_size_of() -> None:
    """惠及群众 and 面积 lean on the name before them."""
    assert names("新开工老旧小区改造63.5万平方米,惠及群众1万余户。") == [
        "新开工老旧小区改造",
        "新开工老旧小区改造惠及群众",
    ]
    assert names("治理岸线7.3公里,面积103公顷。") == ["治理岸线", "治理面积"]


def test_a_threshold_and_what_it_selects_have_their_names() -> None:
    """产值10亿元以上企业15家: the limit is the firms' output, the count is that of such firms."""
    assert names("培育产值10亿元以上企业15家。") == ["企业产值", "产值10亿元以上企业"]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("增速居全市第一。", "增速"),
        ("进出口总额增速位居全省第三。", "进出口总额增速"),
        ("金融业增加值排名全市首位。", "金融业增加值"),
    ],
)
def test_a_rank_is_named_by_what_is_ranked(sentence: str, wanted: str) -> None:
    """Not by those among whom it is ranked."""
    assert names(sentence) == [wanted]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("新增升规企业14家,市级专精特新企业25家", ["新增升规企业", "新增市级专精特新企业"]),
        ("整治老旧电梯安全隐患32台,加装老旧住宅电梯51台", ["整治老旧电梯安全隐患", "加装老旧住宅电梯"]),
        ("新增婴幼儿托位325个,实施适儿化改造3.8万平方米", ["新增婴幼儿托位", "适儿化改造"]),
        ("新开工装配式建筑占比79%,绿色建材比例超60%", ["新开工装配式建筑占比", "绿色建材比例"]),
        ("八类严重暴力刑事案件、九类“涉恶”案件", ["八类严重暴力刑事案件", "九类“涉恶”案件"]),
        ("办好14件市级、10件区级重点民生实事", ["市级重点民生实事", "区级重点民生实事"]),
        ("人均期望寿命达80.73岁", ["人均期望寿命"]),
        ("建成“劳动者港湾”11个", ["劳动者港湾"]),
        ("力争新增智能工厂和数字化车间3个以上", ["新增智能工厂和数字化车间"]),
        ("360西部总部落地", ["抖音集团懂车帝全国总部年营收", "360西部总部总投资"]),
    ],
)
def test_names_of_the_seeds_are_those_of_the_annotators(sentence: str, wanted: list[str]) -> None:
    """Sentences of the sample reports, found by a part of them."""
    (found,) = [own for path in SEEDS for text, own in named(load(path)) if sentence in text]
    at = found.index(wanted[0])
    assert found[at : at + len(wanted)] == wanted


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_every_quantity_has_one_name_in_the_characters_of_its_sentence(path: Path) -> None:
    """Nothing is added to the report's own words, and no mark stands at a name's ends."""
    for text, own in named(load(path)):
        for name in own:
            assert set(name) <= set(text), (name, text)
            assert name == name.strip(" 　，。；：、,;:")


# --- likeness ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("规上工业总产值", "规上工业总产值", 1.0),
        ("“小巨人”企业", "小巨人企业", 1.0),
        ("PM2.5浓度", "pm25浓度", 1.0),
        ("工业总产值", "工业产值", 8 / 9),
        ("失业率", "森林面积", 0.0),
        ("", "失业率", 0.0),
        ("。", "，", 0.0),
    ],
)
def test_likeness_of_names(first: str, second: str, wanted: float) -> None:
    """Common characters in order, over both lengths; marks and case do not count."""
    assert likeness(first, second) == pytest.approx(wanted)


@given(st.text("工业总产值增加0a“”", max_size=12), st.text("工业总产值增加0a“”", max_size=12))
def test_likeness_is_symmetric_and_between_none_and_all(first: str, second: str) -> None:
    """A name is as like another as that one is like it."""
    assert likeness(first, second) == pytest.approx(likeness(second, first))
    assert 0 <= likeness(first, second) <= 1
    if any(c.isalnum() for c in first):
        assert likeness(first, first) == pytest.approx(1)


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("全县生产总值完成59.4亿元,比2011年增长21.9%。", ["全县生产总值", "全县生产总值"]),
        ("城乡居民收入分别达到2.3万元、1.5万元。", ["城居民收入", "乡居民收入"]),
        ("生产总值从2020年的3.68万亿元增长到2025年的4.93万亿元、实现跃升。", ["生产总值", "生产总值"]),
    ],
)
def test_a_value_behind_a_comparison_has_the_subject_before_it(sentence: str, wanted: list[str]) -> None:
    """比2011年, 分别 for 城乡, and 从…增长到 name nothing of their own."""
    assert names(sentence) == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("新增高新技术企业17家,总数达89家。", ["新增高新技术企业", "高新技术企业总数"]),
        ("处理违法建筑263万平方米,总量居全市第三。", ["处理违法建筑", "处理违法建筑总量"]),
        ("发展食品加工产业,产值增长20%以上。", ["食品加工产业产值"]),
        (
            "全年保障性住房开工2864套、竣工341套、供应2019套。",
            ["全年保障性住房开工", "全年保障性住房竣工", "全年保障性住房供应"],
        ),
        ("新增装机容量1672万千瓦、达到4215万千瓦。", ["新增装机容量", "装机容量"]),
        ("引进鲸湖智能等项目10个以上。", ["引进项目"]),
        ("确保社会保险全覆盖、养老保险参保率稳定在95%以上。", ["养老保险参保率"]),
        ("推出“1、3、5分钟”快速处置要求。", ["快速处置要求"] * 3),
        ("规上软件业实现营收86亿元。", ["规上软件业营收"]),
        ("到2025年实现数字经济增加值500亿元。", ["数字经济增加值"]),
        ("新增国家级专精特新企业3家、省级15家。", ["新增国家级专精特新企业", "新增省级专精特新企业"]),
        ("建设筹集保障性租赁住房5000套。", ["建设筹集保障性租赁住房"]),
        ("去年，一、二、三产业分别增长4.6%、6.2%、3.9%。", ["一产业", "二产业", "三产业"]),
        ("鲸湖、鹿角分别实现税收2.1亿元、1.3亿元。", ["鲸湖税收", "鹿角税收"]),
        ("社会消费品零售总额稳定增长，2017年完成94.8亿元。", ["社会消费品零售总额"]),
        ("生产总值[1]202亿元。", ["生产总值"]),
        ("建成省级园区1个（鲸湖）、市级园区2个。", ["省级园区", "市级园区"]),
        ("企业开办时间缩短三分之一。", ["企业开办时间"]),
    ],
)
def test_what_a_bare_noun_or_verb_is_of_stands_before_it(sentence: str, wanted: list[str]) -> None:
    """总数, 产值, 竣工 are of the subject before them; statements and lists are no part of a name."""
    assert names(sentence) == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("工业增加值增长8%、增速居全省第4位。", ["工业增加值", "工业增加值增速"]),
        ("地区生产总值增长6.0%、全省第二。", ["地区生产总值", "地区生产总值"]),
        ("高速公路里程达到4307公里,跃居全国第3位。", ["高速公路里程", "高速公路里程"]),
    ],
)
def test_a_rank_is_of_what_was_measured_and_not_of_its_field(sentence: str, wanted: list[str]) -> None:
    """全省第二 ranks the product, and is no product of the province."""
    assert names(sentence) == wanted
