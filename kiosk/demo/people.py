"""Invented people, employers and papers. Names are put together from syllables by chance; nobody is meant."""

from __future__ import annotations

import io
import random
from datetime import date, timedelta

import msgspec

from kiosk.model.documents import check_digit

# Latin, Burmese and Chinese of the same invented syllables.
SYLLABLES = (
    ("AYE", "အေး", "埃"), ("HLA", "လှ", "拉"), ("KHIN", "ခင်", "钦"), ("MYA", "မြ", "妙"), ("NWE", "နွယ်", "内"),
    ("SAN", "စံ", "散"), ("THIDA", "သီတာ", "蒂达"), ("WIN", "ဝင်း", "温"), ("ZAW", "ဇော်", "佐"),
    ("TUN", "ထွန်း", "吞"), ("MIN", "မင်း", "敏"), ("KYAW", "ကျော်", "觉"), ("SOE", "စိုး", "索"),
    ("THAN", "သန်း", "丹"), ("LWIN", "လွင်", "伦"), ("OO", "ဦး", "乌"),
)  # fmt: skip
FEMALE, MALE = ("MA", "မ", "玛"), ("KO", "ကို", "哥")
# What a firm is called, and what its workers do (a key of assets/codes/job_titles.yaml).
FIRMS = {
    "样本木业": "wood",
    "样本玉器": "jade",
    "样本制衣": "garment",
    "样本电子": "electronics",
    "样本建材": "factory",
}
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Worker(msgspec.Struct, frozen=True):
    """One invented worker. `mrz` is empty for a border pass, which has none."""

    name: str
    name_native: str
    name_zh: str
    sex: str  # ISO 5218
    birth: date
    document_number: str
    expiry: date
    phone: str
    mrz: str
    language: str = "my"


class Employer(msgspec.Struct, frozen=True):
    name: str
    job: str
    uscc: str
    representative: str
    representative_id: str
    phone: str


class Invent:
    """Invents people from a seed: the same seed, the same people."""

    def __init__(self, seed: int, today: date) -> None:
        self._chance = random.Random(seed)
        self._today = today

    def has_passport(self) -> bool:
        """A border pass is the usual case in Ruili."""
        return self._chance.random() < 0.3

    def worker(self, *, passport: bool, language: str = "my") -> Worker:
        chance = self._chance
        female = chance.random() < 0.5
        parts = [FEMALE if female else MALE, *chance.sample(SYLLABLES, chance.choice((2, 2, 3)))]
        birth = self._today - timedelta(days=chance.randrange(19 * 365, 48 * 365))
        expiry = self._today + timedelta(days=chance.randrange(400, 1500))
        number = f"{'MB' if passport else 'TB'}{chance.randrange(10**6, 10**7)}"
        name = " ".join(part[0] for part in parts)
        return Worker(
            name=name,
            name_native="".join(part[1] for part in parts),
            name_zh="".join(part[2] for part in parts),
            sex="2" if female else "1",
            birth=birth,
            document_number=number,
            expiry=expiry,
            phone=f"138001{chance.randrange(10**5):05d}",
            mrz=passport_lines(name, number, birth, "F" if female else "M", expiry) if passport else "",
            language=language,
        )

    def employer(self) -> Employer:
        chance = self._chance
        organisation = f"MA{chance.randrange(10**6):06d}"
        head = "91533102" + organisation + organisation_digit(organisation)
        sequence = chance.randrange(1, 500) * 2
        firm = chance.choice(tuple(FIRMS))
        return Employer(
            name=f"瑞丽{firm}{chance.choice('甲乙丙丁戊己庚')}有限公司",
            job=FIRMS[firm],
            uscc=head + uscc_digit(head),
            representative=f"{chance.choice('张李杨段岩')}样本",
            representative_id=resident_number(f"533102{1970 + chance.randrange(30)}0101{sequence:03d}"),
            phone=f"138002{chance.randrange(10**5):05d}",
        )


def passport_lines(name: str, number: str, birth: date, sex: str, expiry: date) -> str:
    """A TD3 zone without a surname, as Burmese passports have it (Doc 9303-4)."""
    number = number.ljust(9, "<")
    first = f"P<MMR{name.replace(' ', '<')}".ljust(44, "<")[:44]
    born, ends, extra = f"{birth:%y%m%d}", f"{expiry:%y%m%d}", "<" * 14
    second = (
        f"{number}{check_digit(number)}MMR{born}{check_digit(born)}{sex}{ends}{check_digit(ends)}{extra}0"
    )
    composite = second[0:10] + second[13:20] + second[21:43]
    return f"{first}\n{second}{check_digit(composite)}"


def uscc_digit(head: str) -> str:
    """GB 32100-2015, over the first 17 characters."""
    total = sum(weight * USCC.index(character) for weight, character in zip(WEIGHTS, head, strict=True))
    return USCC[(31 - total % 31) % 31]


def organisation_digit(code: str) -> str:
    """GB 11714-1997, over eight characters."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(character, 36) for weight, character in zip(weights, code, strict=True))
    return "0123456789X0"[11 - total % 11]


def resident_number(head: str) -> str:
    """GB 11643-1999: 17 digits and their check character."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(digit) for weight, digit in zip(weights, head, strict=True))
    return head + "10X98765432"[total % 11]


def portrait(worker: Worker) -> bytes:
    """A drawn figure as JPEG, 330 × 440: nobody's face."""
    from PIL import Image, ImageDraw

    chance = random.Random(worker.document_number)
    picture = Image.new("RGB", (660, 880), "#e9eeec")
    draw = ImageDraw.Draw(picture)
    cloth = chance.choice(("#0b5c6b", "#5b3e8c", "#8a5300", "#1f6b3a"))
    draw.ellipse((60, 620, 600, 1200), fill=cloth)
    draw.rectangle((270, 540, 390, 680), fill="#c49a7a")
    draw.ellipse((180, 190, 480, 590), fill="#d3a986")
    draw.pieslice((165, 150, 495, 520), 180, 360, fill="#2b2320")
    if worker.sex == "2":
        draw.rectangle((165, 330, 205, 620), fill="#2b2320")
        draw.rectangle((455, 330, 495, 620), fill="#2b2320")
    for x in (260, 400):
        draw.ellipse((x - 14, 370, x + 14, 398), fill="#2b2320")
    draw.arc((280, 440, 380, 510), 20, 160, fill="#7a3b32", width=8)
    out = io.BytesIO()
    picture.resize((330, 440)).save(out, "JPEG", quality=88)
    return out.getvalue()
