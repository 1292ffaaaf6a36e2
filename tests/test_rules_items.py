"""What the rules engine takes for goals, projects and risks, on sentences of no report's."""

from __future__ import annotations

import pytest
from chunks import chunk_of

from summarizer.chunking import ChunkIndex
from summarizer.engines.rules.engine import RulesEngine
from summarizer.model import Draft
from summarizer.terms.dictionary import load_terms

BUILDING = "under_construction"
PLANNED, REPORTED = "二、2024年工作安排\n", "一、2023年工作回顾\n"


def draft(text: str) -> Draft:
    return RulesEngine(load_terms()).draft(chunk_of(text))


def projects(sentence: str, head: str = PLANNED) -> list[tuple[str, str]]:
    return [(p.zh, p.stage) for p in draft(head + sentence + "\n").projects]


def goals(sentence: str, head: str = PLANNED) -> list[str]:
    chunk = chunk_of(head + sentence + "\n")
    made = RulesEngine(load_terms()).draft(chunk)
    spans = [ChunkIndex(chunk).span(g.c, g.c2, g.part) for g in made.goals]
    return [chunk.report.text[start:end] for start, end in spans]


def risks(sentence: str, head: str) -> list[tuple[str, str]]:
    return [(r.type, r.status) for r in draft(head + sentence + "\n").risks]


# --- projects ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("开工建设鲸湖大桥。", [("鲸湖大桥", "started")]),
        ("加快推进鲸湖大桥、鹿角快速路二期等重点工程建设。", [("鲸湖大桥", BUILDING), ("鹿角快速路二期", BUILDING)]),
        ("推动鲸湖智能、蓝鲨新材等6个项目建成投产。", [("鲸湖智能", "operating"), ("蓝鲨新材", "operating")]),
        ("地铁6号线、鹿角机场配套工程开工建设。", [("地铁6号线", "started"), ("鹿角机场配套工程", "started")]),
        ("鲸湖快速路即将通车、鹿角环线基本贯通。", [("鲸湖快速路", BUILDING), ("鹿角环线", "completed")]),
        ("推动鲸湖合作项目落地。", [("鲸湖合作项目", "planned")]),
        ("争取鲸湖通用机场开工建设。", [("鲸湖通用机场", "planned")]),
        (
            "推进鲸湖污水处理厂和鹿角镇水厂扩建工程建设。",
            [("鲸湖污水处理厂", BUILDING), ("鹿角镇水厂扩建工程", BUILDING)],
        ),
        ("打通鹿角路延伸段等10条“断头路”。", [("鹿角路延伸段", "completed")]),
        ("运营好鲸湖S1线。", [("鲸湖S1线", "operating")]),
        ("推动鲸湖库岸整治纳入流域防洪工程。", [("鲸湖库岸整治", BUILDING)]),
        ("加快建设区中医院新院区。", [("区中医院新院区", BUILDING)]),
        ("力争鲸湖大桥竣工、鹿角大桥通车。", [("鲸湖大桥", "completed"), ("鹿角大桥", "completed")]),
        ("鲸湖新城全力推进鹿角片区开发建设。", [("鹿角片区", BUILDING)]),
        ("启动投资2亿元的鲸湖水厂建设。", [("鲸湖水厂", "started")]),
        ("启动投资2350万元的中医院扩建项目。", [("中医院扩建项目", "started")]),
        ("谋划启动鲸湖大桥建设。", [("鲸湖大桥", "planned")]),
        ("谋划布局鲸湖科学城。", [("鲸湖科学城", "planned")]),
        ("力争鲸湖机场年底开工。", [("鲸湖机场", "started")]),
        ("抓好鲸湖智能、蓝鲨新材等项目。", [("鲸湖智能", BUILDING), ("蓝鲨新材", BUILDING)]),
        (
            "完成鲸湖公园、街心公园改造提升。",
            [("鲸湖公园", "completed"), ("街心公园", "completed")],
        ),
        ("完成鲸湖路、鹿角路硬化绿化亮化。", [("鲸湖路", "completed"), ("鹿角路", "completed")]),
        ("加快鲸湖机场改扩建及鹿角站集疏运、新湖路东延线等道路建设。", [
            ("鲸湖机场改扩建", BUILDING), ("鹿角站集疏运", BUILDING), ("新湖路东延线", BUILDING),
        ]),
        ("新建鲸湖森林等特色步道3条。", [("鲸湖森林", "completed")]),
    ],
)  # fmt: skip
def test_a_named_undertaking_is_a_project_at_the_stage_of_its_verb(sentence: str, found: list[tuple[str, str]]) -> None:
    """As subject or object, alone or in a list; hope lowers a stage by one."""
    assert projects(sentence) == found


@pytest.mark.parametrize(
    "sentence",
    [
        "推进排污口综合整治。",
        "加快人才公寓项目建设。",
        "实施城市更新行动。",
        "大力实施“双十万工程”。",
        "加快“三中心九园区”建设。",
        "加快一批城市干道、立交桥等项目建设。",
        "深入实施道路交通、特种设备、危险化学品等重点领域整治。",
        "推动科技企业建设研发中心。",
        "拆除鹿角违法工程。",
        "争创国家级示范基地。",
        "优先保障重大项目建设。",
        "实施人才兴鲸工程。",
        "深入实施“强师工程”“名师工程”。",
        "鲸湖新城加快打造研发总部聚集区。",
        "在鲸湖镇、鹿角里等重点片区试点建设低排放区。",
        "加强鲸湖商圈、鹿角里等重点区域精细管理和景观改造。",
        "支持鲸湖大学、鹿角学院等高校创新发展。",
        "抓牢项目建设。",
        "打通群众反映强烈的丁字路、卡脖路。",
        "鲸湖度假区获评省级生态文明建设示范区。",
    ],
)
def test_kinds_programmes_and_slogans_are_no_projects(sentence: str) -> None:
    """A name of words that every place's report uses says which kind, not which one."""
    assert projects(sentence) == []


def test_the_first_of_its_kind_is_definite_without_a_name() -> None:
    assert projects("建成全市首座零碳变电站。", REPORTED) == [("零碳变电站", "completed")]


# --- goals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "建成鲸湖大桥",
        "完成鹿角片区土地征收",
        "启动鲸湖新城规划修编",
        "创建国家卫生城市",
        "推动鲸湖智能项目尽快投产",
        "实现所有行政村通公交",
        "单位生产总值能耗完成省下达任务",
        "打造全省首个零碳园区",
        "新建口袋公园20个",
        "争取鲸湖机场纳入国家规划",
        "制定出台“英才”政策",
    ],
)
def test_what_a_year_later_can_be_checked_is_a_goal(sentence: str) -> None:
    """Numbers, named outcomes, and a push together with what it lands in."""
    assert goals(sentence + "。") == [sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "加快建设鲸湖大桥",
        "持续优化营商环境",
        "深入实施创新驱动发展战略",
        "完善社会治理机制",
        "打造一批特色街区",
        "大力实施“双百工程”",
        "建设数字经济示范区",
        "推动惠企政策落地",
        "做好信访工作",
        "谋划启动鲸湖大桥建设。",
        "实施鲸湖防洪提升工程。",
    ],
)
def test_progress_programmes_and_exhortations_are_no_goals(sentence: str) -> None:
    assert goals(sentence + "。") == []


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("力争鲸湖大桥竣工、鹿角大桥通车。", ["力争鲸湖大桥竣工", "鹿角大桥通车"]),
        ("完成鲸湖大道南段前期工作。", ["完成鲸湖大道南段前期工作"]),
        ("完成鲸湖路、鹿角大桥建设。", ["完成鲸湖路、鹿角大桥建设"]),
        ("制定“智慧+”行动计划。", ["制定“智慧+”行动计划"]),
        ("推进鲸湖县生态价值实现机制试点建设。", ["推进鲸湖县生态价值实现机制试点建设"]),
        ("推进市医院三级甲等创建。", ["推进市医院三级甲等创建"]),
        ("整治道路230条（段）及街巷150条。", ["整治道路230条（段）", "街巷150条"]),
        ("占地5000亩。", []),
        ("引进高端人才。", []),
        ("打造“公园里的鲸湖”。", []),
        ("引进来与走出去并重。", []),
        ("加快鲸湖大桥建设。", []),
    ],
)
def test_what_can_be_checked_in_a_year_is_a_goal(sentence: str, found: list[str]) -> None:
    """Named undertakings begun or finished, documents, pilots at a place; not slogans, kinds or sizes of a thing."""
    assert goals(sentence) == found


def test_a_review_promises_nothing() -> None:
    assert goals("建成鲸湖大桥。", REPORTED) == []


def test_a_list_of_targets_is_split_at_its_members_and_not_inside_one() -> None:
    """Each noun with its number; two numbers of one thing stay together."""
    assert goals("新增智能工厂1个、数字化车间6个。") == ["新增智能工厂1个", "数字化车间6个"]
    assert len(goals("改造老旧小区109个、424万平方米。")) == 1


# --- risks ------------------------------------------------------------------------------------


def test_a_list_of_problems_is_read_to_where_remedies_begin() -> None:
    text = (
        "同时，我们清醒地看到，发展中还存在一些困难和问题：产业结构不够优，消费潜力还未完全释放，"
        "个别干部作风不实。对此，我们将采取有力措施，认真加以解决。"
    )
    assert risks(text, REPORTED) == [("shortcoming", "open")] * 3


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("我们也清醒地认识到存在的问题。从产业来看，外贸企业撤离加快，创新能力不强；有的为官不为。", 3),
        ("我们清醒看到，还存在不少困难和问题：受疫情影响，部分企业经营困难。虽然水质有所好转，但治污任务仍重。", 2),
        ("发展中还面临不少困难和挑战：要素保障压力较大，就业压力大，服务业发展滞后。", 3),
        ("我们清醒认识到面临的问题：产业不强。\n今年是开局之年。\n全市新建学校3所，办好民生实事。", 1),
        ("我们一定正视存在的困难和问题，尽心竭力改进工作。", 0),
        ("全力解决企业存在的困难和问题。财政投入2亿元支持企业。", 0),
    ],
)
def test_each_clause_of_a_list_of_problems_that_states_something_is_one(text: str, problems: int) -> None:
    """Whatever its words; causes, concessions and links are none, and the list ends where nothing sounds like one."""
    found = risks(text, REPORTED)
    assert [risk for risk in found if risk[1] == "open"] == [("shortcoming", "open")] * problems


def test_a_plan_may_open_with_its_difficulties() -> None:
    """主要是 begins the list, also in a section that plans."""
    text = "但是，也面临着一些困难和挑战，主要是结构调整压力较大，节能减排约束强化，区域竞争更加激烈。"
    assert risks(text, PLANNED) == [("shortcoming", "open")] * 3


@pytest.mark.parametrize(
    ("sentence", "head", "found"),
    [
        ("防范化解金融风险。", PLANNED, [("hazard", "open")]),
        ("有效化解政府债务风险。", REPORTED, [("hazard", "handled")]),
        ("着力破解停车难题。", PLANNED, [("shortcoming", "open")]),
        ("统筹疫情防控与经济社会发展。", PLANNED, []),
        ("以高效服务解决堵点难点。", PLANNED, []),
        ("加强食品药品安全监管。", PLANNED, []),
        ("开展清理拖欠企业账款专项行动。", PLANNED, [("shortcoming", "open")]),
        ("发展是解决一切问题的基础。", PLANNED, []),
        ("鲸湖市传染病医院建成投用。", PLANNED, []),
    ],
)
def test_a_danger_is_named_to_be_a_risk(sentence: str, head: str, found: list[tuple[str, str]]) -> None:
    """What a report says it did against one is handled; general supervision names none."""
    assert risks(sentence, head) == found
