"""Place names are cut into parts, given a level, and spelt in English as maps do."""

from __future__ import annotations

import sys
from subprocess import run

import pytest

from summarizer.loading.places import divisions_named, english_place, find_places, place_level, split_place


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("中华人民共和国", "China"),
        ("河北省", "Hebei"),
        ("山西省", "Shanxi"),
        ("陕西省西安市", "Xi'an, Shaanxi"),
        ("内蒙古自治区呼和浩特市", "Hohhot, Inner Mongolia"),
        ("西藏自治区", "Xizang"),
        ("新疆维吾尔自治区乌鲁木齐市", "Urumqi, Xinjiang"),
        ("黑龙江省哈尔滨市", "Harbin, Heilongjiang"),
        ("香港特别行政区", "Hong Kong"),
        ("重庆市江北区", "Jiangbei District, Chongqing"),
        ("成都市锦江区", "Jinjiang District, Chengdu"),
        ("河北省保定市高阳县", "Gaoyang County, Baoding, Hebei"),
        ("江苏省江阴市", "Jiangyin, Jiangsu"),
        ("西安市长安区", "Chang'an District, Xi'an"),
        ("河南省浚县", "Xunxian County, Henan"),
        ("安徽省六安市", "Lu'an, Anhui"),
        ("安徽省亳州市", "Bozhou, Anhui"),
        ("安徽省蚌埠市", "Bengbu, Anhui"),
        ("福建省厦门市", "Xiamen, Fujian"),
        ("浙江省乐清市", "Yueqing, Zhejiang"),
        ("广东省东莞市长安镇", "Chang'an Town, Dongguan, Guangdong"),
        ("福田区莲花街道", "Lianhua Subdistrict, Futian District"),
        ("上海市浦东新区", "Pudong New Area, Shanghai"),
        ("重庆市彭水苗族土家族自治县", "Pengshui Miao and Tujia Autonomous County, Chongqing"),
        ("湖北省恩施土家族苗族自治州", "Enshi Tujia and Miao Autonomous Prefecture, Hubei"),
        ("通辽市科尔沁左翼中旗", "Horqin Left Middle Banner, Tongliao"),
        ("郑州市管城回族区", "Guancheng Hui District, Zhengzhou"),
        ("武汉经济技术开发区", "Wuhan Economic and Technological Development Zone"),
        ("吕梁市", "Lüliang"),
    ],
)
def test_english_is_that_of_maps(zh: str, en: str) -> None:
    """Official names, polyphones, peoples and types; the inner part comes first."""
    assert english_place(zh) == en


def test_an_empty_name_has_no_english() -> None:
    """Nothing is made up."""
    assert english_place("") is None
    assert place_level("") is None


@pytest.mark.parametrize(
    ("zh", "parts", "level"),
    [
        ("重庆市江北区", ["重庆市", "江北区"], "district"),
        ("重庆市", ["重庆市"], "province"),
        ("河北省保定市高阳县", ["河北省", "保定市", "高阳县"], "county"),
        ("常德市津市市", ["常德市", "津市市"], "county"),
        ("济南市市中区", ["济南市", "市中区"], "district"),
        ("江阴市", ["江阴市"], "county"),
        ("保定市", ["保定市"], "city"),
        ("延边朝鲜族自治州", ["延边朝鲜族自治州"], "city"),
        ("阿拉善盟额济纳旗", ["阿拉善盟", "额济纳旗"], "county"),
        ("深圳市大鹏新区", ["深圳市", "大鹏新区"], "zone"),
        ("上海市浦东新区", ["上海市", "浦东新区"], "district"),
        ("福田区莲花街道", ["福田区", "莲花街道"], "township"),
        ("中华人民共和国", ["中华人民共和国"], "nation"),
        ("河北省清苑县", ["河北省", "清苑县"], "county"),
    ],
)
def test_parts_and_level(zh: str, parts: list[str], level: str) -> None:
    """The level is that of the innermost part; a municipality is a province."""
    assert split_place(zh) == parts
    assert place_level(zh) == level


def test_a_name_that_two_cities_share_is_found_in_both() -> None:
    """Who asks decides by context."""
    assert {one.prefecture for one in divisions_named("江北区")} == {"重庆市", "宁波市"}


def test_a_dissolved_county_is_found_by_its_stem() -> None:
    """清苑县 is a district today; its city and province are the same."""
    (found,) = divisions_named("清苑县")
    assert (found.level, found.prefecture, found.province) == ("county", "保定市", "河北省")


def test_places_in_running_text_are_joined_with_what_they_belong_to() -> None:
    """Brackets and commas part them."""
    text = "(四川省)成都市锦江区人民政府，保定市徐水区第二届"
    assert list(find_places(text)) == [(1, "四川省"), (5, "成都市锦江区"), (16, "保定市徐水区")]


def test_importing_places_loads_no_pinyin() -> None:
    """The tables of pypinyin load when a name is spelt, not before."""
    code = "import sys, summarizer.loading.text; sys.exit('pypinyin' in sys.modules)"
    assert run([sys.executable, "-c", code], check=False).returncode == 0
