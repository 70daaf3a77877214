"""Invented names. Identity numbers begin with 5099, which no place has; telephone numbers are of one made-up block."""

from __future__ import annotations

from random import Random

BRANCHES = (("QS", "青石支行", 31.0400, 109.1200), ("HK", "河口支行", 30.9300, 109.3300))
TOWNS = {"QS": ("青石镇", "云岭乡"), "HK": ("河口镇", "松坪乡")}
ADMIN_VILLAGES = {
    "青石镇": ("石桥村", "柳湾村", "上坝村"),
    "云岭乡": ("云顶村", "竹园村", "花坪村"),
    "河口镇": ("河口村", "杨柳村", "下湾村"),
    "松坪乡": ("松林村", "白岩村", "龙洞村"),
}
GROUPS = ("一组", "二组", "三组", "四组", "五组")
DIGITS = {"一": "1", "二": "2", "三": "3", "四": "4", "五": "5"}
_BY_EAR = {
    "石桥村": "石乔村", "柳湾村": "柳弯村", "上坝村": "上霸村", "云顶村": "云丁村", "竹园村": "竹圆村",
    "花坪村": "花平村",
    "河口村": "何口村", "杨柳村": "杨留村", "下湾村": "下弯村", "白岩村": "白严村", "龙洞村": "龙东村",
}  # fmt: skip
TERRITORIES = {"青石片区": ("青石镇", "云岭乡"), "河口片区": ("河口镇",), "松坪片区": ("松坪乡",)}

_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹窦章苏潘葛范彭"
_GIVEN = "明华秀英建国志强桂兰春梅德福玉珍永贵素芳光荣小红文才天喜大山成林金凤国庆长江水生"
PEOPLE = (
    "陈立新", "杨晓燕", "周大勇", "何春兰", "罗建平", "唐玉梅",
    "谭志远", "向冬梅", "冉启明", "黎素珍", "龚长河", "梅家兴",
)  # fmt: skip


def full_name(random: Random) -> str:
    """Return an invented Chinese name of two or three characters."""
    return random.choice(_FAMILY) + "".join(random.choice(_GIVEN) for _ in range(random.choice((1, 2, 2, 2))))


def by_ear(name: str) -> str:
    """Return an administrative village as somebody wrote it who only heard it."""
    return _BY_EAR.get(name, name)


def id_number(random: Random) -> str:
    """Return an 18-digit number with a right check digit (GB 11643) in a region that does not exist."""
    body = f"5099{random.randrange(100):02d}{random.randrange(1952, 2000)}{random.randrange(1, 13):02d}"
    body += f"{random.randrange(1, 29):02d}{random.randrange(1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def phone(random: Random) -> str:
    """Return an invented mobile number."""
    return f"1990000{random.randrange(10_000):04d}"
