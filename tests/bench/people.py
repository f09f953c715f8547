"""Invented people: each number gives another name, the same one in Latin, Burmese and Chinese letters."""

from __future__ import annotations

from typing import NamedTuple

SYLLABLES = (
    ("AUNG", "အောင်", "昂"), ("MAUNG", "မောင်", "貌"), ("HTUN", "ထွန်း", "吞"), ("KYAW", "ကျော်", "觉"),
    ("MIN", "မင်း", "敏"), ("THU", "သူ", "杜"), ("ZAW", "ဇော်", "佐"), ("WIN", "ဝင်း", "温"),
    ("HLA", "လှ", "拉"), ("MYINT", "မြင့်", "敏特"), ("SAN", "စံ", "散"), ("KHIN", "ခင်", "钦"),
    ("MOE", "မိုး", "莫"), ("NWE", "နွယ်", "努埃"), ("PHYO", "ဖြိုး", "漂"), ("SU", "စု", "素"),
    ("THIDA", "သီတာ", "蒂达"), ("YIN", "ရင်", "茵"), ("NYEIN", "ငြိမ်း", "年"), ("AYE", "အေး", "埃"),
    ("CHIT", "ချစ်", "漆"), ("EI", "အိ", "艾"), ("HNIN", "နှင်း", "宁"), ("KO", "ကို", "哥"),
    ("LIN", "လင်း", "林"), ("MAR", "မာ", "玛"), ("NAING", "နိုင်", "奈"), ("OHN", "အုန်း", "翁"),
    ("PAING", "ပိုင်", "派"), ("SEIN", "စိန်", "盛"), ("SOE", "စိုး", "梭"), ("TIN", "တင်", "丁"),
    ("THAN", "သန်း", "丹"), ("TOE", "တိုး", "托"), ("WAI", "ဝေ", "韦"), ("YE", "ရဲ", "耶"),
    ("ZIN", "ဇင်", "津"), ("CHO", "ချို", "秋"), ("DAW", "ဒေါ်", "多"), ("GYI", "ကြီး", "基"),
    ("HEIN", "ဟိန်း", "恒"), ("KAY", "ကေ", "凯"), ("LWIN", "လွင်", "伦"), ("MYA", "မြ", "妙"),
    ("NU", "နု", "努"), ("PA", "ပ", "巴"), ("SHWE", "ရွှေ", "瑞"), ("THEIN", "သိန်း", "登"),
    ("WUT", "ဝတ်", "伍"), ("YU", "ယု", "玉"),
)  # fmt: skip
STEP = 7_919  # prime to the number of names: neighbours in number share no syllable by rule


class Name(NamedTuple):
    latin: str
    native: str
    han: str


def name_of(number: int) -> Name:
    """The name of person `number`: three syllables, of which there are 125,000 combinations."""
    rest, chosen = number * STEP, []
    for _ in range(3):
        rest, which = divmod(rest, len(SYLLABLES))
        chosen.append(SYLLABLES[which])
    latin, native, han = zip(*chosen, strict=True)
    return Name(" ".join(latin), "".join(native), "".join(han))
